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
from licheng.outputs.pages.view import CodeView, Example, File, SiteView
from licheng.outputs.words import Words

MAX_SHOWN = 4_000
_JOINT = re.compile(r"(?<=[。；，：）])\n(?=[^\s0-9-])")
_LANGUAGES = {"yaml": "yaml", "md": "markdown"}


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`rules/index.md` and `rules/<CODE>.md`."""
    yield (
        "rules/index.md",
        "rule-index.md",
        {"families": list(_families(view, words)), "count": len(view.codes)},
    )
    for one in view.codes:
        yield f"rules/{one.code.code}.md", "rule.md", _page(one, words)


def severity(of: Severity, words: Words) -> Markup:
    """A chip."""
    return chip(words.codes.word(of.value), of.value)


def _families(view: SiteView, words: Words) -> Iterator[Mapping[str, Any]]:
    heads = [words.data["rules"][name] for name in ("code", "title", "severity")]
    for family, members in groupby(view.codes, key=lambda one: one.code.code[:3]):
        rows = [
            (
                link(one.code.code, f"{one.code.code}.md"),
                words.codes.entry(one.code.code)["title"],
                severity(one.code.severity, words),
            )
            for one in members
        ]
        name = words.label("families", family)
        yield {"id": family, "name": name, "table": table(words.say("rules", "table", family=name), heads, rows)}


def _page(one: CodeView, words: Words) -> Mapping[str, Any]:
    entry = words.codes.entry(one.code.code)
    return {
        "meta": BULK,
        "code": one.code,
        "title": entry["title"],
        "message": entry["message"],
        "hint": entry["hint"],
        # Our own words, written as Markdown in the catalog.
        "why": _prose(entry["why"]),
        "fix": _prose(entry["fix"]),
        "severity": severity(one.code.severity, words),
        "severity_why": entry["severity"],
        "kinds": [link(kind, f"../schemas/{kind}.md") for kind in one.kinds or () if kind != "page"],
        "reading": one.kinds is None,
        "example": _example(one.example, words) if one.example is not None else None,
    }


def _prose(text: str) -> Markup:
    """Lines of one Chinese paragraph joined: a line feed would show as a space."""
    return Markup(_JOINT.sub("", text))  # noqa: S704 - our own catalog


def _example(example: Example, words: Words) -> Mapping[str, Any]:
    return {
        "files": [{"path": file.path, "shown": _shown(file, words)} for file in example.files],
        "removed": example.removed,
        "expected": fenced(example.expected, "text"),
    }


def _shown(file: File, words: Words) -> Markup:
    if file.text is None:
        return words.say("rules", "binary", size=file.size)
    language = _LANGUAGES.get(file.path.rpartition(".")[2], "text")
    if len(file.text) <= MAX_SHOWN:
        return fenced(file.text, language)
    cut = words.say("rules", "cut", size=file.size)
    return Markup(f"{fenced(file.text[:MAX_SHOWN], 'text')}\n\n{cut}")  # noqa: S704 - both are markup
