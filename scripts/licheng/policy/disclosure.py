"""What of a count may be public: numbers rounded down to multiples of the smallest cell, totals from the rounded cells.

Rounding the cells first and adding afterwards leaves nothing to subtract, so no single student can be told from a
published table (個資法 §5; the cell's size is data of the rulebook).
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
