"""How much of a long report is told: the first findings of each code, and how many more there are.

Nobody reads the same sentence four thousand times, and a server sends it through somebody's connection. What is left
out is counted, and changes neither summary nor exit code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licheng.core.report import LocatedFinding, PackedFindings

if TYPE_CHECKING:
    from licheng.core.verdict import NextStep

# Of one code; of the places that belong to one finding; of the people who all have the same to do.
MOST = 20
# A program reads on where a person has stopped.
MOST_OF_PROGRAMS = 1_000


@dataclass(frozen=True, slots=True)
class More:
    """How many of something are left out, and how many there are in all."""

    code: str
    count: int
    total: int


def findings(given: Iterable[LocatedFinding], most: int = MOST) -> tuple[list[LocatedFinding], list[More]]:
    """The first of each code, in their order, and what that leaves out, by code."""
    totals: Counter[str] = Counter()
    if isinstance(given, PackedFindings):
        for (code, _), count in given.counts.items():
            totals[code] += count
        return given.first(most), _more(totals, most)
    first = []
    for finding in given:
        totals[finding.code] += 1
        if totals[finding.code] <= most:
            first.append(finding)
    return first, _more(totals, most)


def steps(given: Iterable[NextStep]) -> tuple[list[NextStep], list[More]]:
    """Likewise of those who all have the same to do."""
    totals: Counter[str] = Counter()
    first = []
    for step in given:
        totals[step.what] += 1
        if totals[step.what] <= MOST:
            first.append(step)
    return first, _more(totals)


def _more(totals: Counter[str], most: int = MOST) -> list[More]:
    return [More(code, total - most, total) for code, total in sorted(totals.items()) if total > most]
