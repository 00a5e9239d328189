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
    tell. Three doublings tell 8 from 64, where one tells 2 from 4, which a cold cache alone can blur. The best of
    several runs counts, as a busy machine makes a run longer, never shorter: the large one, which takes longest, runs
    again, at most thrice, only while it is more than `MOST`, so that none passes that would not after all three.
    """
    size, small = start, work(start)
    while _seconds(small) < _MEASURABLE and size < largest:
        size *= 2
        small = work(size)
    least = max(min(_seconds(small) for _ in range(3)), _MEASURABLE)
    large = work(8 * size)
    ratio = math.inf
    for _ in range(3):
        ratio = min(ratio, math.cbrt(_seconds(large) / least))
        if ratio <= MOST:
            break
    return ratio


def _seconds(run: Callable[[], object]) -> float:
    """Of the processor, in this process."""
    begun = time.process_time()
    run()
    return time.process_time() - begun
