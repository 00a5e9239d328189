"""Counts as a drawing with a scale: one bar a year level, one piece a state, in percent of the width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

BAR, ROW, HEAD, FOOT = 14, 36, 2, 20
TICKS = 5  # at most so many steps


@dataclass(frozen=True)
class Piece:
    """A part of a bar: the pattern of its kind, and where it lies."""

    kind: str
    left: str
    width: str


@dataclass(frozen=True)
class StackedBar:
    """A bar and the words above it."""

    label: str
    text_top: int
    top: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class ScaleTick:
    """A number of the scale, where its line stands, and on which side of the line its digits do."""

    number: int
    left: str
    anchor: str


@dataclass(frozen=True)
class Bars:
    """A finished drawing; `kinds` are those that it shows, in the order of the pieces, `foot` is where the scale is."""

    height: int
    bars: tuple[StackedBar, ...]
    kinds: tuple[str, ...]
    ticks: tuple[ScaleTick, ...]
    foot: int
    thickness: int = BAR


def bars(labels: Sequence[str], kinds: Sequence[str], counts: Sequence[Sequence[int]], unit: int) -> Bars | None:
    """Lay counts out (a row for each label, a column for each kind); None where all of them are zero.

    Args:
        labels: the words above the bars.
        kinds: of the pieces, in their order.
        counts: multiples of `unit`.
        unit: so are the numbers of the scale.
    """
    longest = max((sum(row) for row in counts), default=0)
    if not longest:
        return None
    # The smallest of 1, 2, 5, 10, 20, 50 … that divides the longest bar into few enough steps.
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = unit * next(each for each in steps if longest // unit <= TICKS * each)
    end = -(-longest // step) * step
    shown = tuple(kind for kind, column in zip(kinds, zip(*counts, strict=True), strict=True) if any(column))
    rows = []
    for index, (label, row) in enumerate(zip(labels, counts, strict=True)):
        pieces, left, top = [], 0, HEAD + ROW * index
        for kind, number in zip(kinds, row, strict=True):
            if number:
                pieces.append(Piece(kind, f"{100 * left / end:.2f}%", f"{100 * number / end:.2f}%"))
                left += number
        rows.append(StackedBar(label, top + 13, top + 18, tuple(pieces)))
    anchors = {0: "start", end: "end"}
    ticks = (ScaleTick(at, f"{100 * at / end:.2f}%", anchors.get(at, "middle")) for at in range(0, end + 1, step))
    foot = HEAD + ROW * len(rows)
    return Bars(foot + FOOT, tuple(rows), shown, tuple(ticks), foot)
