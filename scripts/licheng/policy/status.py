"""How much of what there is: counts by period and year level, folded over students, and what of them may be public.

A student adds counts and nothing else, so no text of a record can reach what is made of a status (the site).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain

from licheng.core.dates import day, optional_day
from licheng.core.layout import KINDS
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term, year_last_day, year_on
from licheng.policy.calendar import LEVELS
from licheng.policy.calendar import SUBMITTED as BY_STUDENTS
from licheng.policy.certification import State, state
from licheng.policy.disclosure import public_counts
from licheng.policy.enrolment import intervals, level_and_class
from licheng.policy.periods import judged_term
from licheng.policy.quota import is_submitted, submitted_tallies
from licheng.policy.receiving.confirming import ReceiptAnswer
from licheng.policy.receiving.progress import of_student
from licheng.policy.verification import standing

ENROLLED = "students"
DRAFT, SUBMITTED, RECORDED = "draft", "submitted", "recorded"
OUTPUT = "course-output"
# How many students have used up their quota, a part of it, nothing of it: quota → the kind that uses it.
QUOTAS = {"output-quota": OUTPUT, "activity-quota": "activity"}
USES = ("used-up", "partly-used", "not-used")
CHECKS = ("current", "stale")

# What students record themselves has states: two, and for outputs those of certification as well (肆.一); what the
# school records is simply there (伍.五).
BY_SCHOOL: tuple[str, ...] = tuple(kind.name for kind in sorted(KINDS, key=lambda kind: kind.counted) if kind.counted)
COUNTED: tuple[str, ...] = ("student", *BY_STUDENTS, *BY_SCHOOL)


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """What is counted: `students`, a kind of record in a state, or the students who used a quota so far."""

    subject: str
    state: str


PER_TERM: tuple[Measure, ...] = (
    Measure(ENROLLED, RECORDED),
    *(Measure(OUTPUT, state.value) for state in State),
    *(Measure("output-quota", use) for use in USES),
    *(Measure(kind, RECORDED) for kind in BY_SCHOOL),
    *(Measure("verification", check) for check in CHECKS),
)
PER_YEAR: tuple[Measure, ...] = (
    Measure("activity", DRAFT),
    Measure("activity", SUBMITTED),
    *(Measure("activity-quota", use) for use in USES),
)
# Of a school year of which receipts have come; by students, once for each receipt.
RECEIPTS: tuple[Measure, ...] = tuple(Measure("receipt", answer.value) for answer in ReceiptAnswer)
# Of a school year in which anybody gave one: consents to a release, and releases, by their day.
GIVEN, REVOKED = "given", "revoked"
RELEASES = (Measure("release-consent", GIVEN), Measure("release-consent", REVOKED), Measure("release", RECORDED))


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One number of a status.

    Attributes:
        period: a term (`115-1`) or, for activities, whose quota is a year's, a school year (`115`).
        level: the year level at the end of the period.
    """

    period: str
    level: int
    measure: Measure


@dataclass(frozen=True, slots=True)
class StudentCounts:
    """What one student adds.

    Attributes:
        cells: the counts.
        unreadable: records that are not of their schema, or whose year level is not known, and do not count.
    """

    cells: Mapping[Cell, int]
    unreadable: int = 0


@dataclass
class Status:
    """Exact counts: for the school's own staff, never for publication."""

    cells: Counter[Cell] = field(default_factory=Counter)
    unreadable: int = 0

    @classmethod
    def of(cls, counts: Iterable[StudentCounts]) -> Status:
        """Add up students, one at a time."""
        status = cls()
        for student in counts:
            status.cells.update(student.cells)
            status.unreadable += student.unreadable
        return status

    def table(self, periods: Iterable[str]) -> Table:
        """The counts of some periods as rows."""
        rows = []
        for period in periods:
            # All or none of them: a row that is only there for a few would tell of the few.
            own = {cell.measure for cell in self.cells if cell.period == period}
            more = (group for group in (RECEIPTS, RELEASES) if not own.isdisjoint(group))
            for measure in chain(measures(period), *more):
                counts = tuple(self.cells.get(Cell(period, level, measure), 0) for level in LEVELS)
                rows.append(StatusRow(period, measure, counts, sum(counts)))
        return Table(tuple(rows))


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One measure of one period: a count for each of `LEVELS`, and their total."""

    period: str
    measure: Measure
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order of periods and measures.

    Attributes:
        minimum_cell: published counts are multiples of it; 1 means exact, not for publication.
    """

    rows: tuple[StatusRow, ...]
    minimum_cell: int = 1

    @property
    def periods(self) -> tuple[str, ...]:
        """Each period once, in order."""
        return tuple(dict.fromkeys(row.period for row in self.rows))


def measures(period: str) -> tuple[Measure, ...]:
    """What is counted in a term, or in a school year."""
    return PER_TERM if "-" in period else PER_YEAR


def public(table: Table, minimum_cell: int) -> Table:
    """The same table with each count rounded down, and totals of the rounded counts, so nothing can be subtracted."""
    rows = []
    for row in table.rows:
        cells, total = public_counts(dict(zip(LEVELS, row.counts, strict=True)), minimum_cell)
        rows.append(StatusRow(row.period, row.measure, tuple(cells[level] for level in LEVELS), total))
    return Table(tuple(rows), minimum_cell)


def public_day(today: date) -> date:
    """The day that published numbers are as of: the Monday of the week, so that no two days of a week differ."""
    return today - timedelta(days=today.weekday())


def periods(terms: Iterable[Term]) -> tuple[str, ...]:
    """Terms and their school years as periods of a status, newest first; a year follows its terms."""
    newest: dict[str, None] = {}
    ordered = sorted(terms, reverse=True)
    for index, term in enumerate(ordered):
        newest[str(term)] = None
        if index + 1 == len(ordered) or ordered[index + 1].year != term.year:
            newest[str(term.year)] = None
    return tuple(newest)


def count(student: Student, school: School) -> StudentCounts:
    """What a student adds to the status of the terms that have a calendar, and of their school years."""
    unreadable = sum(len(paths) for kind, paths in student.broken.items() if kind in COUNTED)
    recorded = tuple(student.of(*BY_STUDENTS, *BY_SCHOOL))
    own = student.one("student")
    if own is None:
        return StudentCounts({}, unreadable + len(recorded))
    wanted = {period for term in school.calendars for period in (str(term), str(term.year))}
    # A student counts in each term of which at least one day was spent at the school.
    levels = ((term, _level(own, term.first_day, term.last_day)) for term in school.calendars)
    cells = Counter(Cell(str(term), level, PER_TERM[0]) for term, level in levels if level is not None)
    cells.update(_uses(own, student, school))
    for member in of_student(student, school).asked:
        cells[Cell(str(member.receipt.year), member.level, Measure("receipt", member.state))] += 1
    for record in student.of("release-consent", "release"):
        given, ends = day(record.data["on"]), optional_day(record.data.get("revoked_on"))
        place = level_and_class(own, year_last_day(year_on(given)))
        if given <= school.today and place is not None:
            is_over = ends is not None and ends <= school.today
            state_of = RECORDED if record.kind == "release" else REVOKED if is_over else GIVEN
            cells[Cell(str(year_on(given)), place[0], Measure(record.kind, state_of))] += 1
    # Checks (檢核) that count, or did until what they were of has changed; what is no check is not counted.
    checks = (record for record in student.of("verification") if standing(record, student, school) in CHECKS)
    for record in (*recorded, *checks):
        cell = _cell(record, own, student, school)
        if cell is None:
            unreadable += 1
        elif cell.period in wanted:
            cells[cell] += 1
    return StudentCounts(cells, unreadable)


def _level(own: Record, first: date, last: date) -> int | None:
    """The year level at the end of a period, if at least one day of it was spent at the school."""
    place = level_and_class(own, last)
    here = any(span.overlaps(first, last) for span in intervals(own))
    return place[0] if place is not None and here else None


def _uses(own: Record, student: Student, school: School) -> Iterator[Cell]:
    """How far the student has used each quota of each term and school year spent here."""
    years = {term.year: (Term(term.year, 1).first_day, year_last_day(term.year)) for term in school.calendars}
    terms = {term: (term.first_day, term.last_day) for term in school.calendars}
    used_up, partly, not_used = USES
    for quota, kind in QUOTAS.items():
        tallies = {tally.period: tally for tally in submitted_tallies(student, school, kind)}
        for period, (first, last) in (terms if kind == OUTPUT else years).items():
            level, tally = _level(own, first, last), tallies.get(str(period))
            use = not_used
            if tally is not None and tally.used:
                use = used_up if tally.used >= tally.limit else partly
            if level is not None:
                yield Cell(str(period), level, Measure(quota, use))


def _cell(record: Record, own: Record, student: Student, school: School) -> Cell | None:
    """Activities count in their school year, everything else in its term, at the year level at its end."""
    term = judged_term(record, school.today)
    yearly = record.kind == "activity"
    place = level_and_class(own, year_last_day(term.year) if yearly else term.last_day)
    if place is None:
        return None
    if record.kind == OUTPUT:
        measured: str = state(record, student, school).state
    elif record.kind == "verification":
        measured = standing(record, student, school)
    elif record.kind in BY_STUDENTS:
        measured = SUBMITTED if is_submitted(record) else DRAFT
    else:
        measured = RECORDED
    return Cell(str(term.year if yearly else term), place[0], Measure(record.kind, measured))
