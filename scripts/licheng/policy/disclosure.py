"""What may be published of counts: every number a multiple of the minimum cell, every total the sum of those.

So no cell below the minimum is ever told, no subtraction leads to one, and two publications differ by whole multiples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def rounded(count: int, cell: int) -> int:
    """The largest multiple of `cell` that is not above `count`."""
    if cell < 1:
        raise ValueError(cell)
    return count - count % cell


def public_counts(counts: Mapping[K, int], cell: int) -> tuple[dict[K, int], int]:
    """Each cell rounded down, and the total of the rounded cells."""
    cells = {key: rounded(count, cell) for key, count in counts.items()}
    return cells, sum(cells.values())


def in_steps(part: int, whole: int) -> int:
    """A percentage rounded down to a multiple of five, so that it does not give away the counts behind it."""
    return 100 * part // (whole * 5) * 5
