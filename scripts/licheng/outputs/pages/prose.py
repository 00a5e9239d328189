"""Text of the regulation as Markdown of our own making: paragraphs and pipe tables, everything else inert."""

from __future__ import annotations

import re

from markupsafe import Markup

from licheng.outputs.inert import inert, table

_DASHES = re.compile(r":?-{3,}:?")


def prose(text: str, caption: object) -> Markup:
    """Paragraphs are parted by empty lines; a block whose lines all begin with `|` is a table."""
    blocks = (_block(block.strip().split("\n"), caption) for block in re.split(r"\n\s*\n", text.strip()))
    return Markup("\n\n".join(blocks))  # noqa: S704 - each block is inert


def _block(lines: list[str], caption: object) -> Markup:
    rows = [
        [cell.strip() for cell in line.strip()[1:-1].split("|")]
        for line in lines
        if line.startswith("|") and line.rstrip().endswith("|") and len(line) > 1
    ]
    if len(rows) < 2 or len(rows) < len(lines) or not all(map(_DASHES.fullmatch, rows[1])):
        return inert(" ".join(lines))
    heads, _, *body = rows
    # A head that is empty, because the one before spans it, repeats that one for those who hear the page.
    named: list[object] = []
    before = ""
    for head in heads:
        before = head or before
        named.append(head or Markup(f'<span class="lc-hidden">{inert(before)}</span>'))  # noqa: S704 - inert
    width = len(heads)
    return table(caption, named, [[*row, *[""] * width][:width] for row in body])
