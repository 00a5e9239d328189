"""Receipts of a roster: which export one answers, and which of several versions is the latest (伍.末).

A roster of a period, batch and year levels may be exported again, corrected, and is then received again: all those
receipts are versions of one, which lie in one folder and are numbered from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

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


def id_of(receipt: Record) -> ReceiptId:
    """What a receipt's path says."""
    return ReceiptId(int(receipt.identity["year"]), receipt.slug, int(receipt.identity["sequence"]))


def named(record: Record) -> ReceiptId:
    """The receipt that a notice, a confirmation or a sheet names, of the school year of its own path."""
    slug, _, version = record.data["receipt"].partition("/")
    return ReceiptId(int(record.identity["year"]), slug, int(version))


def receipts(school: School) -> Mapping[ReceiptId, Record]:
    """All of them, in the order of years, names and versions."""
    return dict(sorted((id_of(record), record) for record in school.of("receipt")))


def latest(school: School) -> Iterator[Record]:
    """Of each receipt the version that counts."""
    last = {(which.year, which.slug): record for which, record in receipts(school).items()}
    yield from last.values()


def is_latest(which: ReceiptId, school: School) -> bool:
    """Whether no later version of a receipt is on record."""
    return all(
        (other.year, other.slug) != (which.year, which.slug) or other.version <= which.version
        for other in receipts(school)
    )


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


def students_in(receipt: Record) -> Mapping[str, str]:
    """Whose rows were sent or received, each with the class that the receipt tells."""
    return {student: entry["class"] for entry in receipt.data["classes"] for student in entry["students"]}
