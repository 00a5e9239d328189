"""Text of the regulation as Markdown of our own making: paragraphs and pipe tables, everything else inert."""

from __future__ import annotations

import re

from markupsafe import Markup

from licheng.outputs.inert import inert, table

_DASHES = re.compile(r":?-{3,}:?")


def prose(text: str, caption: object) -> Markup:
    """Paragraphs are parted by empty lines; a block whose lines all begin with `|` is a table."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.strip().split("\n")
        rows = [
            [cell.strip() for cell in line.strip()[1:-1].split("|")]
            for line in lines
            if line.startswith("|") and line.rstrip().endswith("|") and len(line) > 1
        ]
        if len(rows) < 2 or len(rows) < len(lines) or not all(map(_DASHES.fullmatch, rows[1])):
            blocks.append(inert(" ".join(lines)))
            continue
        heads, _, *body = rows
        # A head that is empty, because the one before spans it, repeats that one for those who hear the page.
        named: list[object] = []
        spanning = ""
        for head in heads:
            spanning = head or spanning
            named.append(head or Markup(f'<span class="lc-hidden">{inert(spanning)}</span>'))  # noqa: S704 - inert
        width = len(heads)
        blocks.append(table(caption, named, [[*row, *[""] * width][:width] for row in body]))
    return Markup("\n\n".join(blocks))  # noqa: S704 - each block is inert
