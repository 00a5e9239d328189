"""Text of the regulation as Markdown of our own making: paragraphs and tables, everything else inert."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from licheng.outputs.inert import inert, table

_DASHES = re.compile(r":?-{3,}:?")
_ABOVE = "^^"  # a cell that belongs to the one above it
Row = Sequence[str]


def prose(
    text: str, caption: object, mark: str = "", attributes: str = "", groups: Mapping[str, int] | None = None
) -> Markup:
    """Paragraphs are parted by empty lines; a block whose lines all begin with `|` is a table.

    Args:
        text: of an article.
        caption: the name of its table for those who hear the page.
        mark: the number of the article, as the original writes it before its first paragraph.
        groups: by the first cell of a table's row, how many rows it spans.
        attributes: of that paragraph, for `attr_list`: our own.
    """
    first, *rest = re.split(r"\n\s*\n", text.strip())
    blocks = [_block(block, caption, groups or {}) for block in (f"{mark}{first}", *rest)]
    if attributes:
        blocks[0] = Markup(f"{blocks[0]}\n{{ {attributes} }}")  # noqa: S704 - our own
    return Markup("\n\n".join(blocks))  # noqa: S704 - each block is inert


def _block(block: str, caption: object, groups: Mapping[str, int]) -> Markup:
    lines = block.strip().split("\n")
    rows = [
        [cell.strip() for cell in line.strip()[1:-1].split("|")]
        for line in lines
        if line.startswith("|") and line.rstrip().endswith("|") and len(line) > 1
    ]
    if len(rows) < 2 or len(rows) < len(lines) or not all(map(_DASHES.fullmatch, rows[1])):
        return inert(" ".join(lines))
    heads, _, *body = rows
    width = len(heads)
    even = [[*row, *[""] * width][:width] for row in body]
    if groups.keys() & {row[0] for row in even}:
        return _spanned(caption, heads, even, groups)
    # A head that is empty, because the one before spans it, repeats that one for those who hear the page.
    named: list[object] = []
    spanning = ""
    for head in heads:
        spanning = head or spanning
        named.append(head or Markup(f'<span class="lc-hidden">{inert(spanning)}</span>'))  # noqa: S704 - inert
    return table(caption, named, even)


def _spanned(caption: object, heads: Row, even: Sequence[Row], groups: Mapping[str, int]) -> Markup:
    """A table whose first column groups rows: `_ABOVE` goes on with the group, an empty cell is one with the next."""
    named = [at for at, name in enumerate(heads) if name]
    # An empty head belongs to the one before.
    widths = (after - at for at, after in zip(named, (*named[1:], len(heads)), strict=True))
    head = "".join(f"<th{_span('col', width)}>{inert(heads[at])}</th>" for at, width in zip(named, widths, strict=True))
    body: list[Row] = []
    left = 0  # rows that still belong to the group above
    for group, *cells in even:
        left = groups.get(group, 1) - 1 if group else left - 1
        body.append([_ABOVE if not group and left >= 0 else group, *cells])
    rows = ""
    for at, (group, *cells) in enumerate(body):
        first = ""
        if not group:
            item, *cells = cells
            first = f"<td{_span('col', 2)}>{inert(item)}</td>"
        elif group != _ABOVE:
            below = next((number for number, row in enumerate(body[at + 1 :]) if row[0] != _ABOVE), len(body) - at - 1)
            first = f'<th scope="rowgroup"{_span("row", below + 1)}>{inert(group)}</th>'
        rows += f"<tr>{first}{''.join(f'<td>{inert(cell)}</td>' for cell in cells)}</tr>"
    label = inert(caption)
    return Markup(  # noqa: S704 - cells are inert
        f'<div class="lc-table" role="region" tabindex="0" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _span(direction: str, count: int) -> str:
    return f' {direction}span="{count}"' if count > 1 else ""
