"""What is in a roster, and of what is not the one reason why: 肆.一 and 肆.二 for what students select.

Every candidate has exactly one outcome. Candidates are what students selected in the roster's batch (course outputs
and activities), and what the school registered of its period (students, positions, marks).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy import quota
from licheng.policy.batches import REGULAR
from licheng.policy.certification import State, state, verified
from licheng.policy.enrolment import intervals, level_on
from licheng.policy.exporting.asked import AskedRoster
from licheng.policy.rosters import Homes, RosterSheet


class Exclusion(StrEnum):
    """Why a candidate is not exported; of several reasons the first."""

    MISSING = "missing"  # what was selected is not there, or cannot be read
    OTHER_YEAR = "other-year"
    OTHER_LEVEL = "other-level"
    DRAFT = "draft"
    UNDECIDED = "undecided"  # a decision on it does not hold
    UNCERTIFIED = "uncertified"
    RETURNED = "returned"
    REVOKED = "revoked"
    STALE = "stale"
    UNSETTLED = "unsettled"  # the hours have not gone in which a passkey's certification is undone at one touch
    OTHER_FILES = "other-files"  # a file is not the one that the record lists
    OVER_SUBMITTED = "over-submitted"
    OVER_SELECTED = "over-selected"
    NO_COURSE = "no-course"
    NO_SHEET = "no-sheet"
    NO_IDENTITY = "no-identity"


_OF_STATE = {
    State.DRAFT: Exclusion.DRAFT,
    State.SUBMITTED: Exclusion.UNCERTIFIED,
    State.RETURNED: Exclusion.RETURNED,
    State.REVOKED: Exclusion.REVOKED,
    State.STALE: Exclusion.STALE,
}
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_FIELDS = {"course-output": "outputs", "activity": "activities"}


class Candidate(NamedTuple):
    """What may become a row.

    Attributes:
        name: below the student's folder: `terms/114-1/outputs/pendulum`, `terms/114-1/marks#physics`.
        item: the record; None where what was selected is not there.
        entry: of the record's list that gives the rows, if one does: a mark, a visit.
        course: the student's own record of the course.
        sheet: of the agency; empty where none takes it.
    """

    student: Student
    name: str
    item: Record | None
    entry: Mapping[str, Any] = _NOTHING
    course: Mapping[str, Any] = _NOTHING
    sheet: str = ""

    @property
    def term(self) -> Term | None:
        """The term of the record's path, if it has one."""
        return self.item.term if self.item is not None else None


class Outcome(NamedTuple):
    """A candidate, and why it is not exported; None where it is."""

    candidate: Candidate
    exclusion: Exclusion | None


def outcomes(
    asked: AskedRoster, student: Student, school: School, homes: Homes, *, is_known: bool
) -> Iterator[Outcome]:
    """The candidates of a student, in the order of selections or of paths, each with its outcome.

    Args:
        asked: the roster.
        student: of whatever division and year level.
        school: the context.
        homes: the program's table, which says what goes into which sheet.
        is_known: the identity table has a row of the student.
    """
    if not asked.is_of(student, school):
        return
    kind = homes.rows_of(asked.id)
    beyond = _Beyond(kind, student, school)
    for candidate in _candidates(kind, asked, student, homes):
        reasons = _reasons(candidate, kind, asked, school, beyond)
        reason = next(reasons, None if is_known else Exclusion.NO_IDENTITY)
        yield Outcome(candidate, reason)


def _candidates(kind: str, asked: AskedRoster, student: Student, homes: Homes) -> Iterator[Candidate]:
    if kind in _FIELDS:
        batch = {"year": str(asked.year), "batch": asked.batch or REGULAR}
        selections = (each for each in student.of("selection") if batch.items() <= each.identity.items())
        for name in (_folder(kind, item) for selection in selections for item in selection.data[_FIELDS[kind]]):
            item = student.record_at(f"{student.folder}/{name}/item.md")
            yield _placed(Candidate(student, name, item), asked, homes)
    elif level_on(student, asked.on) in asked.levels:
        for record in student.of(kind):
            yield from _registered(record, asked, student, homes)


def _folder(kind: str, item: str) -> str:
    """`terms/114-1/outputs/pendulum` of `114-1/pendulum` as a selection names it."""
    period, _, slug = item.partition("/")
    return f"terms/{period}/outputs/{slug}" if kind == "course-output" else f"years/{period}/activities/{slug}"


def _registered(record: Record, asked: AskedRoster, student: Student, homes: Homes) -> Iterator[Candidate]:
    """What the school registered of the roster's term."""
    name = record.path.removeprefix(f"{student.folder}/").rpartition(".")[0]
    if record.kind == "student":
        yield from _enrolled(Candidate(student, name, record), record, asked, homes)
    elif record.kind == "position" and Term.on(day(record.data["starts"])) == asked.term:
        yield _placed(Candidate(student, name, record), asked, homes)
    elif record.kind == "marks" and record.term == asked.term:
        for entry in record.data["marks"]:
            candidate = _placed(Candidate(student, f"{name}#{entry['course']}", record, entry), asked, homes)
            if homes.is_home(asked.id, candidate.course.get("mode", "")):
                yield candidate


def _enrolled(own: Candidate, record: Record, asked: AskedRoster, homes: Homes) -> Iterator[Candidate]:
    """A student who is here in the term, and each stay at or from another school: in a sheet of its own."""
    first, last = asked.term.first_day, asked.term.last_day
    for name, sheet in _sheets(asked, homes):
        if sheet.entries:
            for number, visit in enumerate(record.data.get(sheet.entries, ()), start=1):
                if day(visit["starts"]) <= last and first <= day(visit["ends"]):
                    yield own._replace(name=f"{own.name}#{number}", entry=visit, sheet=name)
        elif any(stay.overlaps(first, last) for stay in intervals(record)):
            yield own._replace(sheet=name)


def _sheets(asked: AskedRoster, homes: Homes) -> Iterator[tuple[str, RosterSheet]]:
    """The sheets of the agency's form that the program knows, in its order."""
    known = homes.sheets.get(asked.id, {})
    yield from ((sheet["name"], known[sheet["name"]]) for sheet in asked.form["sheets"] if sheet["name"] in known)


def _placed(candidate: Candidate, asked: AskedRoster, homes: Homes) -> Candidate:
    """With the course that it is of, and the sheet that takes it."""
    item = candidate.item
    if item is None:
        return candidate
    course = _course(item, candidate.entry, candidate.student)
    traits = {"mode": course.get("mode", ""), "category": item.data.get("category", "")}
    sheets = (name for name, sheet in _sheets(asked, homes) if sheet.takes(traits))
    return candidate._replace(course=course, sheet=next(sheets, ""))


def _course(item: Record, entry: Mapping[str, Any], student: Student) -> Mapping[str, Any]:
    """The student's record of the course of an output or a mark; of several the one of the mark's original term."""
    about = entry or item.data
    taken = [
        own
        for record in student.of("course-records")
        if record.term == item.term
        for own in record.data["courses"]
        if own["course"] == about.get("course")
    ]
    exact = (own for own in taken if own.get("original_term") == about.get("original_term"))
    return next(exact, taken[0] if taken else _NOTHING)


class _Beyond:
    """What of a student's items is more than a quota allows, by folder below the student's."""

    def __init__(self, kind: str, student: Student, school: School) -> None:
        self.submitted: frozenset[str] = frozenset()
        self.selected: frozenset[str] = frozenset()
        if kind in _FIELDS:
            tallies = quota.submitted_tallies(student, school, kind)
            beyond = (record.folder for tally in tallies for record in tally.beyond)
            self.submitted = frozenset(folder.removeprefix(f"{student.folder}/") for folder in beyond)
            places = (
                place
                for of, tally in quota.selected_tallies(student, school)
                if of == kind and tally is not None
                for place in tally.beyond
            )
            named = (student.by_path[place.path].data[_FIELDS[kind]][place.pointer[-1]] for place in places)
            self.selected = frozenset(_folder(kind, item) for item in named)

    def reasons(self, name: str) -> Iterator[Exclusion]:
        """Which quotas have no room for an item."""
        if name in self.submitted:
            yield Exclusion.OVER_SUBMITTED
        if name in self.selected:
            yield Exclusion.OVER_SELECTED


def _reasons(
    candidate: Candidate, kind: str, asked: AskedRoster, school: School, beyond: _Beyond
) -> Iterator[Exclusion]:
    """Every reason against a candidate, in the order of `Exclusion`."""
    item, student = candidate.item, candidate.student
    if item is None:
        yield Exclusion.MISSING
        return
    if kind in _FIELDS:
        yield from _not_of_roster(item, student, asked)
        if not quota.is_submitted(item):
            yield Exclusion.DRAFT
        if kind == "course-output":
            yield from _uncertified(candidate.name, item, student, school)
        if not has_its_files(item, student):
            yield Exclusion.OTHER_FILES
        yield from beyond.reasons(candidate.name)
    if kind in {"course-output", "marks"} and not is_offered(candidate, school):
        yield Exclusion.NO_COURSE
    if not candidate.sheet:
        yield Exclusion.NO_SHEET


def _not_of_roster(item: Record, student: Student, asked: AskedRoster) -> Iterator[Exclusion]:
    if item.year != asked.year:
        yield Exclusion.OTHER_YEAR
    if level_on(student, asked.on) not in asked.levels:
        yield Exclusion.OTHER_LEVEL


def _uncertified(name: str, item: Record, student: Student, school: School) -> Iterator[Exclusion]:
    if any(decision.faults for decision in verified(student, school).get(name, ())):
        yield Exclusion.UNDECIDED
    now = state(item, student, school)
    if now.state in _OF_STATE:
        yield _OF_STATE[now.state]
    if not now.settled:
        yield Exclusion.UNSETTLED


def has_its_files(item: Record, student: Student) -> bool:
    """Whether an item's files are those that its record lists, byte for byte."""
    here = {file.name: file.sha256 for file in student.files_in(item.folder)}
    return all(here.get(entry["name"]) == entry["sha256"] for entry in item.data["attachments"])


def is_offered(candidate: Candidate, school: School) -> bool:
    """Whether the student took the course, and its offering or its details say which it is."""
    course, term = candidate.course, candidate.term
    offered = school.offerings.get(term, {}) if term is not None else {}
    return bool(course) and ("original" in course or course["course"] in offered)
