"""Chance that is no chance: a small generator whose draws follow from its keys alone.

It depends on nothing but BLAKE2b and integer arithmetic, so a plan is the same on every machine and on
every version of Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


class Dice:
    """A stream of draws; equal keys give equal streams."""

    def __init__(self, *keys: object) -> None:
        text = "\x1f".join(map(str, keys))
        self._state = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")

    def below(self, bound: int) -> int:
        """Draw a whole number from 0 up to, and without, `bound`."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK  # splitmix64
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return (mixed ^ (mixed >> 31)) % bound

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, part: int, whole: int) -> bool:
        """Say yes in `part` of `whole` cases."""
        return self.below(whole) < part

    def pick(self, choices: Sequence[T]) -> T:
        """Draw one of the choices."""
        return choices[self.below(len(choices))]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """Return the choices in a drawn order (Fisher and Yates)."""
        order = list(choices)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def sample(self, choices: Sequence[T], count: int) -> list[T]:
        """Draw `count` different choices, fewer when there are not so many."""
        return self.shuffled(choices)[:count]

    def day(self, first: date, last: date) -> date:
        """Draw a day from `first` to `last`, both included; a working day where there is one."""
        drawn = first + timedelta(days=self.below(max((last - first).days, 0) + 1))
        for shift in (0, 1, 2, -1, -2):
            day = drawn + timedelta(days=shift)
            if first <= day <= last and day.weekday() < 5:
                return day
        return drawn
