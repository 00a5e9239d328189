"""Submissions to the agency: a wrong one is corrected by a later record, never edited (肆.三).

A correction names the one before it, so that records of one submission make a chain; only its last link counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.school import School


def in_force(school: School) -> Iterator[Record]:
    """The submissions that count by the school's day: those that no correction made by then replaces."""
    recorded = [record for record in school.of("agency-submission") if day(record.data["submitted_on"]) <= school.today]
    corrected = {(record.year, record.data["corrects"]) for record in recorded if "corrects" in record.data}
    yield from (record for record in recorded if (record.year, record.slug) not in corrected)


def is_of_same(record: Record, other: Record) -> bool:
    """Whether two records are about one submission: of the same roster, batch and term."""
    return all(record.data.get(name) == other.data.get(name) for name in ("roster", "batch", "term"))
