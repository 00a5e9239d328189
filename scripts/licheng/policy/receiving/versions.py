"""Receipts of a roster: which export one answers, and which of several versions is the latest (伍.末).

A roster of a period, batch and year levels may be exported again, corrected, and is then received again: all those
receipts are versions of one, which lie in one folder and are numbered from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.school import School

_SAME = ("roster", "term", "batch", "levels")


class ReceiptId(NamedTuple):
    """Which version of which receipt; `str` of it is what records write."""

    year: int
    slug: str
    version: int

    def __str__(self) -> str:
        return f"{self.slug}/{self.version:04}"


class ReceiptMember(NamedTuple):
    """A student in a receipt.

    Attributes:
        class_name: on the day on which it came; `away` of who was not at the school.
        level: in the roster, a school year earlier perhaps.
    """

    class_name: str
    level: int


def id_of(receipt: Record) -> ReceiptId:
    """What a receipt's path says."""
    return ReceiptId(int(receipt.identity["year"]), receipt.slug, int(receipt.identity["sequence"]))


def named(record: Record) -> ReceiptId:
    """The receipt that a notice, a confirmation or a sheet names, of the school year of its own path."""
    slug, _, version = record.data["receipt"].partition("/")
    return ReceiptId(int(record.identity["year"]), slug, int(version))


@lru_cache(maxsize=8)  # asked of every student
def receipts(school: School) -> Mapping[ReceiptId, Record]:
    """All that had come by the school's day, in the order of years, names and versions."""
    come = (record for record in school.of("receipt") if day(record.data["received_on"]) <= school.today)
    return dict(sorted((id_of(record), record) for record in come))


@lru_cache(maxsize=8)
def members(school: School) -> Mapping[ReceiptId, Mapping[str, ReceiptMember]]:
    """Whose rows were sent or received."""
    return {
        which: {
            student: ReceiptMember(entry["class"], entry["level"])
            for entry in record.data["classes"]
            for student in entry["students"]
        }
        for which, record in receipts(school).items()
    }


def latest(school: School) -> Iterator[Record]:
    """Of each receipt the version that counts."""
    last = {(which.year, which.slug): record for which, record in receipts(school).items()}
    yield from last.values()


def next_version(which: ReceiptId, school: School) -> Record | None:
    """The version after one, where there is one already."""
    later = (record for other, record in receipts(school).items() if other[:2] == which[:2] and other > which)
    return next(later, None)


def export_of(receipt: Record, school: School) -> Record | None:
    """The record of the export that a receipt answers."""
    exports = (record for record in school.of("roster-export") if record.year == receipt.year)
    return next((record for record in exports if record.slug == receipt.data["export"]), None)


def folder_of(export: Record, school: School) -> str:
    """What receipts of an export are called: as the first export of the same roster, period, batch and levels."""
    same = [
        other.slug
        for other in school.of("roster-export")
        if other.year == export.year and all(other.data.get(name) == export.data.get(name) for name in _SAME)
    ]
    return min(same, key=lambda slug: (len(slug), slug))
