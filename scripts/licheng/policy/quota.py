"""Quotas: what counts, how many are allowed, what used them up (肆.一).

Of an item's state only `submitted` is stored; drafts never count. What the school or an outside body registered
does not count because it lies in folders that students cannot write, so no field in a student's item can exempt it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rulebook import Quota, Rulebook, quotas
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term, year_first_day

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tally(Generic[T]):
    """What used up one quota in one period; `period` is a term or a school year as text."""

    period: str
    limit: int
    counted: tuple[T, ...]

    @property
    def used(self) -> int:
        """How many count."""
        return len(self.counted)

    @property
    def beyond(self) -> tuple[T, ...]:
        """Those that are too many, in the order of paths."""
        return self.counted[self.limit :]


def is_submitted(item: Record) -> bool:
    """Whether the student has handed the item in."""
    return item.data["submitted"] is True


def submitted_tallies(student: Student, school: School, kind: str) -> Iterator[Tally[Record]]:
    """Submitted items of a kind against the quota of the rulebook of their own term or school year."""
    per_period: dict[str, list[Record]] = defaultdict(list)
    books: dict[str, Rulebook | None] = {}
    for item in student.of(kind):
        term, year = item.term, item.year
        assert year is not None  # noqa: S101 - the path of every quota's kind has a term or a year
        book = school.rulebooks.on(term.first_day if term else year_first_day(year))
        period = _period(_quota(book.quotas, kind, "submitted") if book else None, term, year)
        books[period] = book
        if is_submitted(item):
            per_period[period].append(item)
    for period, items in sorted(per_period.items()):
        book = books[period]
        quota = _quota(book.quotas, kind, "submitted") if book else None
        if quota is not None:
            yield Tally(period, quota.limit, tuple(items))


def _period(quota: Quota | None, term: Term | None, year: int) -> str:
    return str(term) if term is not None and (quota is None or quota.per == "term") else str(year)


def _quota(of_layer: Iterable[Quota], kind: str, stage: str) -> Quota | None:
    return next((quota for quota in of_layer if (quota.of, quota.stage) == (kind, stage)), None)


def selected_tallies(student: Student, school: School) -> Iterator[Tally[Place]]:
    """Items selected for the agency in a school year, over all batches, against the quota that holds for them."""
    years = sorted({record.identity["year"] for record in student.of("selection")})
    for year in years:
        for kind, field in (("course-output", "outputs"), ("activity", "activities")):
            quota = selection_quota(school, kind, int(year), student.cohort)
            if quota is not None:
                yield Tally(year, quota.limit, tuple(_selected(student, year, field)))


def selection_quota(school: School, kind: str, year: int, cohort: int) -> Quota | None:
    """The rulebook's own quota of selected items, or else the agency's."""
    term = Term(year, 1)
    book = school.rulebooks.for_term(term)
    of_school = _quota(book.quotas, kind, "selected") if book else None
    if of_school is not None:
        return of_school
    layer = school.agency.section("quotas", term, cohort)
    return _quota(quotas({"quotas": layer or ()}), kind, "selected")


def _selected(student: Student, year: str, field: str) -> Iterator[Place]:
    """The first place at which each item is selected in a school year: an item in two batches counts once."""
    seen: set[str] = set()
    for record in student.of("selection"):
        if record.identity["year"] != year:
            continue
        for index, item in enumerate(record.data[field]):
            if item not in seen:
                seen.add(item)
                yield record.at(field, index)
