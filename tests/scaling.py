"""How work grows with its input: twice the bytes take a linear pattern twice the time, a quadratic one four times."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

MOST = 2.5
"""What double the input may take."""

_MEASURABLE = 0.005


def growth(work: Callable[[int], Callable[[], object]], start: int, largest: int = 1 << 20) -> float:
    """How many times longer double the input takes, as the mean of three doublings.

    `work(n)` prepares an input of size n and returns what is measured; sizes grow from `start` until the clock can
    tell. Three doublings tell 8 from 64, where one tells 2 from 4, which a cold cache alone can blur. Both sizes run
    thrice, by turns, and the best of each counts: a busy machine makes a run longer, never shorter.
    """
    size = start
    while _seconds(work(size)) < _MEASURABLE and size < largest:
        size *= 2
    small, large = work(size), work(8 * size)
    times = [(_seconds(small), _seconds(large)) for _ in range(3)]
    least, most = min(spent for spent, _ in times), min(spent for _, spent in times)
    return math.cbrt(most / max(least, _MEASURABLE))


def _seconds(run: Callable[[], object]) -> float:
    """Of the processor, in this process."""
    begun = time.process_time()
    run()
    return time.process_time() - begun
