"""A term's calendar as values: edges, the school's windows, the agency's windows.

Dates are whole days in Asia/Taipei.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from licheng.core.dates import day
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.term import Term


@dataclass(frozen=True, slots=True)
class Window:
    """An interval of days, both included, in which one thing is done.

    Attributes:
        category: of 肆.一's table, for instance `course-output`.
        stage: recording, submission, certification, selection or confirmation.
        levels: year levels (10 to 12).
        batch: of year level 12's two submissions, else None.
    """

    id: str
    category: str
    stage: str
    levels: frozenset[int]
    batch: str | None
    opens: date
    closes: date
    place: Place


@dataclass(frozen=True, slots=True)
class AgencyWindow:
    """When the agency takes a roster; the dates are the agency's, the record cites its notice."""

    roster: str
    levels: frozenset[int]
    batch: str | None
    opens: date
    closes: date
    place: Place


@dataclass(frozen=True, slots=True)
class TermCalendar:
    """One term: official edges, 開學 (opening), 休業式 (closing), windows."""

    term: Term
    record: Record
    starts: date
    ends: date
    opening: date
    closing: date
    windows: tuple[Window, ...]
    agency: tuple[AgencyWindow, ...]

    @classmethod
    def of(cls, record: Record) -> TermCalendar:
        """Read a record of kind `term-calendar` that is of its schema."""
        term = record.term
        assert term is not None  # noqa: S101 - its path has a term
        edges = {name: day(record.data[name]) for name in ("starts", "ends", "opening", "closing")}
        return cls(term, record, **edges, windows=tuple(_windows(record)), agency=tuple(_agency(record)))


def _windows(record: Record) -> Iterator[Window]:
    for index, entry in enumerate(record.data["windows"]):
        yield Window(
            id=entry["id"],
            category=entry["category"],
            stage=entry["stage"],
            place=record.at("windows", index),
            **_common(entry),
        )


def _agency(record: Record) -> Iterator[AgencyWindow]:
    for index, entry in enumerate(record.data["agency"]):
        yield AgencyWindow(roster=entry["roster"], place=record.at("agency", index), **_common(entry))


def _common(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "levels": frozenset(entry["levels"]),
        "batch": entry.get("batch"),
        "opens": day(entry["opens"]),
        "closes": day(entry["closes"]),
    }
