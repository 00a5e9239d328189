"""Text of records made inert, and the few pieces of Markdown that pages are made of.

Whatever is not `Markup` passes through `inert` before it reaches a page: no character that HTML, Markdown, an
extension of Markdown or a template language gives a meaning to is left as itself, so a record's text cannot become
a link, a script, a heading, a list, a table or an attribute, in any generator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup

from licheng.outputs.escape import printable

_ACTIVE = re.compile(r"""[\\`*_{}\[\]<>#+!|&"'~^=:$@]""")
_AT_START = re.compile(r"^([0-9]+(?=[.)])|(?=-))([-.)])")
_FENCE = re.compile(r"`{3,}")


def _entity(character: str) -> str:
    return f"&#{ord(character)};"


def inert(value: object) -> Markup:
    """A value as text in one line that means nothing but itself; markup is left as it is."""
    return value if isinstance(value, Markup) else _inert(str(value))


@lru_cache(1 << 14)  # most cells of a site hold what stands in others too
def _inert(text: str) -> Markup:
    """As `inert`, of text that is no markup."""
    text = printable(" ".join(text.split()))
    text = _ACTIVE.sub(lambda match: _entity(match[0]), text)
    text = _AT_START.sub(lambda match: match[1] + _entity(match[2]), text)
    return Markup(text)  # noqa: S704 - nothing active is left


def code(value: object) -> Markup:
    """A value as inline code."""
    return Markup(f"<code>{inert(value)}</code>")  # noqa: S704 - inert


def link(text: object, target: str) -> Markup:
    """A link to another page of the site, by its file."""
    return Markup(f"[{inert(text)}]({target})")  # noqa: S704 - inert; targets are our own


def fenced(text: str, language: str = "") -> Markup:
    """Text as a code block; the fence is longer than any in the text, control characters are shown."""
    lines = [printable(line) for line in text.rstrip("\n").split("\n")]
    longest = max(map(len, _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return Markup("\n".join((f"{fence}{language}", *lines, fence)))  # noqa: S704 - closed by a longer fence


def table(
    caption: object, heads: Sequence[object], rows: Iterable[Sequence[object]], *, numbers: bool = False
) -> Markup:
    """A table that scrolls by itself where it is wider than the screen, reachable by keyboard.

    Args:
        caption: its name for those who hear the page.
        heads: of the columns.
        rows: cells; what is not markup becomes inert.
        numbers: all columns but the first hold numbers and are set right.
    """
    rule = ["---", *["---:" if numbers else "---"] * (len(heads) - 1)]
    lines = [_row(heads), _row(rule, raw=True), *map(_row, rows)]
    label = inert(caption)
    opening = f'<div class="lc-table" role="region" tabindex="0" aria-label="{label}" markdown="1">'
    return Markup("\n".join((opening, "", *lines, "", "</div>")))  # noqa: S704 - cells are inert


def _row(cells: Sequence[object], *, raw: bool = False) -> str:
    return "| " + " | ".join(str(cell) if raw else str(inert(cell)) for cell in cells) + " |"


def chip(text: object, kind: str) -> Markup:
    """A status chip: words and a shape (by CSS), never colour alone."""
    return Markup(f'<span class="lc-chip lc-chip--{kind}">{inert(text)}</span>')  # noqa: S704 - inert


def lines(parts: Iterable[object]) -> Markup:
    """Parts of one cell, each on a line of its own."""
    return Markup("<br>".join(str(inert(part)) for part in parts))  # noqa: S704 - inert
