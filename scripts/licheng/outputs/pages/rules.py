"""A page for each code and their index: its words from the catalog, its first bad fixture and that one's text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from markupsafe import Markup

from licheng.core.finding import Severity
from licheng.outputs.inert import chip, fenced, link, table
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.schemas import text_of
from licheng.outputs.pages.view import File, SiteView
from licheng.outputs.words import Words

MAX_SHOWN = 4_000
_JOINT = re.compile(r"(?<=[。；，：）])\n(?=[^\s0-9-])")
_LANGUAGES = {"yaml": "yaml", "md": "markdown"}


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`rules/index.md` and `rules/<CODE>.md`."""
    heads = [words.data["rules"][name] for name in ("code", "title", "severity")]
    families = []
    for family, members in groupby(view.codes, key=lambda shown: shown.code.code[:3]):
        rows = [
            (link(code.code, f"{code.code}.md"), words.codes.entry(code.code)["title"], severity(code.severity, words))
            for code in (shown.code for shown in members)
        ]
        name = words.label("families", family)
        listed = table(words.say("rules", "table", family=name), heads, rows)
        families.append({"id": family, "name": name, "table": listed})
    yield "rules/index.md", "rule-index.md", {"families": families, "count": len(view.codes)}
    titles = {each.kind.name: text_of(each.schema, "title", words) for each in view.schemas}
    for shown in view.codes:
        entry, example = words.codes.entry(shown.code.code), shown.example
        values = {
            "meta": BULK,
            "code": shown.code,
            "title": entry["title"],
            "message": entry["message"],
            "hint": entry["hint"],
            # Our own words, written as Markdown in the catalog.
            "why": _prose(entry["why"]),
            "fix": _prose(entry["fix"]),
            "severity": severity(shown.code.severity, words),
            "severity_why": entry["severity"],
            "kinds": [link(titles[kind], f"../schemas/{kind}.md") for kind in shown.kinds or () if kind != "page"],
            "reading": shown.kinds is None,
            "example": {
                "files": [{"path": file.path, "shown": _block(file, words)} for file in example.files],
                "removed": example.removed,
                "expected": fenced(example.expected, "text"),
            }
            if example is not None
            else None,
        }
        yield f"rules/{shown.code.code}.md", "rule.md", values


def severity(of: Severity, words: Words) -> Markup:
    """A chip."""
    return chip(words.codes.word(of.value), of.value)


def _prose(text: str) -> Markup:
    """Lines of one Chinese paragraph joined: a line feed would show as a space."""
    return Markup(_JOINT.sub("", text))  # noqa: S704 - our own catalog


def _block(file: File, words: Words) -> Markup:
    if file.text is None:
        return words.say("rules", "binary", size=file.size)
    language = _LANGUAGES.get(file.path.rpartition(".")[2], "text")
    if len(file.text) <= MAX_SHOWN:
        return fenced(file.text, language)
    cut = words.say("rules", "cut", size=file.size)
    return Markup(f"{fenced(file.text[:MAX_SHOWN], 'text')}\n\n{cut}")  # noqa: S704 - both are markup
