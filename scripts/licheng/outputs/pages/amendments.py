"""The difference of each rulebook version from the one before, article by article: words and values (捌)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from licheng.core.dates import day
from licheng.core.rulebook import Rulebook
from licheng.outputs.inert import inert, table
from licheng.outputs.pages.regulation import OWN, anchor, parameters
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`amendments.md`, once there is more than one version."""
    versions = []
    for old, new in pairwise(view.rulebooks):
        names = dict.fromkeys((*_articles(new), *_articles(old), OWN))
        changes = (_change(name, old, new, view, words) for name in names)
        force, passed = new.in_force_from.isoformat(), new.record.data["passed"]
        version = {
            "anchor": f"v-{force}",
            "in_force": force,
            "told": words.say("amendments", "told", force=force, by=passed["by"], on=day(passed["on"]).isoformat(),
                              before=old.in_force_from.isoformat()),
            "articles": [change for change in changes if change is not None],
        }  # fmt: skip
        versions.append(version)
    if versions:
        yield "amendments.md", "amendments.md", {"versions": list(reversed(versions))}


def _articles(book: Rulebook) -> dict[str, str]:
    return {entry["id"]: entry["text"] for entry in book.record.data["articles"]}


def _change(name: str, old: Rulebook, new: Rulebook, view: SiteView, words: Words) -> Mapping[str, Any] | None:
    """What an article says otherwise, in words and in values; None if nothing."""
    before, after = _articles(old).get(name), _articles(new).get(name)
    were, are = _values(old, name, view, words), _values(new, name, view, words)
    none = words.data["text"]["none"]
    rows = [
        (Markup(item), Markup(were.get(item, none)), Markup(are.get(item, none)))  # noqa: S704 - inert by `_values`
        for item in dict.fromkeys((*were, *are))
        if were.get(item) != are.get(item)
    ]
    if before == after and not rows:
        return None
    kind = "added" if before is None and after is not None else "removed" if after is None and before else "changed"
    heads = [words.data["amendments"][head] for head in ("item", "old", "new")]
    return {
        "name": name,
        "anchor": f"{anchor(name)}-{new.in_force_from.isoformat()}",
        "kind": words.data["amendments"][kind],
        "text": difference(before or "", after or "") if before != after else None,
        "table": table(words.say("amendments", "values_of", article=name), heads, rows) if rows else None,
    }


def _values(book: Rulebook, article: str, view: SiteView, words: Words) -> dict[str, str]:
    """What goes with an article; two values of one item (two seats by one role) are told apart by their place."""
    seen: Counter[str] = Counter()
    values = {}
    for item, value in parameters(book.record.data, article, view, words):
        key = str(inert(item))
        seen[key] += 1
        values[key if seen[key] == 1 else f"{key} ({seen[key]})"] = str(inert(value))
    return values


def difference(before: str, after: str) -> Markup:
    """Both texts in one, character by character: what is gone is struck, what is new is marked."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    parts = []
    for tag, i, j, k, m in matcher.get_opcodes():
        gone, new = _text(before[i:j]), _text(after[k:m])
        if tag == "equal":
            parts.append(gone)
        else:
            parts += [f"<del>{gone}</del>" if gone else "", f"<ins>{new}</ins>" if new else ""]
    return Markup("".join(parts))  # noqa: S704 - each part is inert


def _text(text: str) -> str:
    """A piece of a text; its own outer spaces count, as pieces are joined."""
    pieces = []
    for line in text.split("\n"):
        left, right = (" " if line != stripped else "" for stripped in (line.lstrip(), line.rstrip()))
        pieces.append(f"{left}{inert(line)}{right}" if line.strip() else left)
    return "<br>".join(pieces)
