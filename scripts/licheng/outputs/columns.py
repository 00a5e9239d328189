"""Text in columns for a terminal, where a Chinese character is two cells wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence


def columns(lines: Sequence[Sequence[str]], left: int = 1) -> Iterator[str]:
    """Lines of cells as text; the first `left` columns are set left, the others, which hold numbers, right."""
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [(cell, " " * (width - _width(cell))) for cell, width in zip(line, widths, strict=True)]
        shown = [cell + space if index < left else space + cell for index, (cell, space) in enumerate(cells)]
        yield "  ".join(shown).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
