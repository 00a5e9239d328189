"""Quotas: what counts, how many are allowed, what used them up (肆.一).

Of an item's state only `submitted` is stored; drafts and returned items never count. What the school or an outside
body registered does not count because it lies in folders that students cannot write and that the rulebook exempts; no
field in a student's item can exempt it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from licheng.core.dates import day
from licheng.core.layout import KINDS
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rulebook import Quota, Rulebook, quotas
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term, year_on
from licheng.policy.certification import State, state

T = TypeVar("T")

# What the school or outside bodies register: folder → kind. A rulebook says which of them do not count (肆.一 備註).
REGISTERED: dict[str, str] = {kind.folder: kind.name for kind in KINDS if kind.registered}


class QuotaTally(NamedTuple, Generic[T]):
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


def submitted_tallies(student: Student, school: School, kind: str) -> Iterator[QuotaTally[Record]]:
    """Submitted items of a kind against the quota of the rulebook of their own term or school year."""
    counted: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for item in student.of(kind):
        # By its term, or for a quota of a school year by the year's first day.
        assert item.year is not None  # noqa: S101 - the path of every quota's kind has a term or a year
        of_year = _quota(school.rulebooks.for_year(item.year), kind)
        of_term = _quota(school.rulebooks.for_term(item.term), kind) if item.term is not None else of_year
        quota = of_year if of_term is not None and of_term.per == "school-year" else of_term
        if quota is None or not is_submitted(item):
            continue
        # Returned or revoked, and not handed in anew: such an item does not count.
        sent_back = student.events and state(item, student, school).state in {State.RETURNED, State.REVOKED}
        if not sent_back:
            period = str(item.term if quota.per == "term" and item.term is not None else item.year)
            counted[period, quota.limit].append(item)
    for (period, limit), items in sorted(counted.items()):
        # What the school or others registered in a year, of the folders that the rulebook does not exempt.
        quota = _quota(school.rulebooks.for_year(int(period)), kind) if kind == "activity" else None
        registered = [
            record
            for folder, other in REGISTERED.items()
            if quota is not None and folder not in quota.exempt
            for record in student.of(other)
            if year_on(day(record.data.get("on") or record.data["starts"])) == int(period)
        ]
        yield QuotaTally(period, limit, (*registered, *items))


def submitted_tally(student: Student, school: School, kind: str, term: Term) -> tuple[str, int, int] | None:
    """How much of the quota of a term, or of its school year, is used: period, used and limit; None without a quota."""
    quota = _quota(school.rulebooks.for_year(term.year), kind)
    if quota is None or quota.per != "school-year":
        quota = _quota(school.rulebooks.for_term(term), kind)
    if quota is None:
        return None
    period = str(term if quota.per == "term" else term.year)
    used = (tally.used for tally in submitted_tallies(student, school, kind) if tally.period == period)
    return period, sum(used), quota.limit


def _quota(layer: Rulebook | Iterable[Quota] | None, kind: str, stage: str = "submitted") -> Quota | None:
    every = layer.quotas if isinstance(layer, Rulebook) else layer or ()
    return next((quota for quota in every if (quota.of, quota.stage) == (kind, stage)), None)


def selected_tallies(student: Student, school: School) -> Iterator[tuple[str, QuotaTally[Place] | None]]:
    """By kind, items selected for the agency in a school year over all batches; None where no quota holds."""
    by_year: dict[str, list[Record]] = defaultdict(list)
    for record in student.of("selection"):
        by_year[record.identity["year"]].append(record)
    for year, selections in sorted(by_year.items()):
        for kind, field in (("course-output", "outputs"), ("activity", "activities")):
            quota = selection_quota(school, kind, int(year), student.cohort)
            chosen: dict[str, Place] = {}  # an item in two batches counts once, at the first place
            for record in selections:
                for index, item in enumerate(record.data[field]):
                    chosen.setdefault(item, record.at(field, index))
            yield kind, QuotaTally(year, quota.limit, tuple(chosen.values())) if quota is not None else None


def selection_quota(school: School, kind: str, year: int, cohort: int) -> Quota | None:
    """The rulebook's own quota of selected items, or else the agency's."""
    term = Term(year, 1)
    book = school.rulebooks.for_term(term)
    of_school = _quota(book, kind, "selected")
    if of_school is not None:
        return of_school
    layer = school.agency.section("quotas", term, cohort)
    return _quota(quotas({"quotas": layer or ()}), kind, "selected")
