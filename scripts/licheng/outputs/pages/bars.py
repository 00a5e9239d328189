"""Counts as a drawing: one bar a year level, one piece a state, in percent of the width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR, ROW, HEAD = 18, 44, 6


@dataclass(frozen=True)
class Piece:
    """A part of a bar: the pattern of its kind, and where it lies."""

    kind: str
    left: str
    width: str


@dataclass(frozen=True)
class Bar:
    """A bar and the words above it, which end in its total."""

    label: str
    text_top: int
    top: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Bars:
    """A finished drawing; `kinds` are those that it shows, in the order of the pieces."""

    height: int
    bars: tuple[Bar, ...]
    kinds: tuple[str, ...]
    thickness: int = BAR


def bars(labels: Sequence[str], kinds: Sequence[str], counts: Sequence[Sequence[int]]) -> Bars | None:
    """Lay counts out (a row for each label, a column for each kind); None where all of them are zero."""
    longest = max((sum(row) for row in counts), default=0)
    if not longest:
        return None
    shown = tuple(kind for kind, column in zip(kinds, zip(*counts, strict=True), strict=True) if any(column))
    drawn = []
    for index, (label, row) in enumerate(zip(labels, counts, strict=True)):
        pieces, left = [], 0
        for kind, count in zip(kinds, row, strict=True):
            if count:
                pieces.append(Piece(kind, f"{100 * left / longest:.2f}%", f"{100 * count / longest:.2f}%"))
                left += count
        top = HEAD + ROW * index
        drawn.append(Bar(f"{label} · {sum(row)}", top + 14, top + 20, tuple(pieces)))
    return Bars(HEAD + ROW * len(drawn), tuple(drawn), shown)
