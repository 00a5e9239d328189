"""One student's portfolio of a term at a glance, for the tutor and for the printed 歷程確認單. Never public."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from licheng.core.dates import TAIPEI
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.certification import USABLE, State, state
from licheng.policy.deadlines import duty_dates
from licheng.policy.duties import enrolled_terms, missing
from licheng.policy.enrolment import EnrolmentState, Visit, level_and_class, standing, visits
from licheng.policy.origins import mark_of, taken
from licheng.policy.quota import is_submitted, selected_tallies, submitted_tallies
from licheng.policy.signatures import SheetState, digest, sheets

_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Output:
    """A course output.

    Attributes:
        decided_on: since when it is certified, here or on another platform, or was returned.
        selected: it is ticked for the agency.
        usable: as it is ticked, it can be submitted: certified, here or before elsewhere, and unchanged (REF019).
    """

    slug: str
    course: str
    summary: str
    state: State
    decided_on: date | None
    selected: bool
    usable: bool


@dataclass(frozen=True, slots=True)
class Used:
    """A quota as it is used: of what, `submitted` or `selected`, in which period."""

    of: str
    stage: str
    period: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class SpecialCourse:
    """A course that is not plainly taken and marked: 重修, 補修, 重讀, 轉學轉科, 借讀, 免修, 缺考.

    Attributes:
        original_term: in which it was, or should have been, taken first, where the records say.
        school: the code of another school, where it is that one's.
        state: `exempt` or `missed`, else empty.
        resit: whether the resit was passed; None without one.
    """

    course: str
    subject: str
    mode: str
    original_term: Term | None
    school: str
    state: str
    resit: bool | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A student in a term.

    Attributes:
        standing: how the student stands at the end of the term, or today, and since when.
        visits: stays as a visiting student on days of the term.
        specials: courses of the term that the rosters have sheets of their own for, or no number.
        activities: slug, name or summary, and whether submitted, of the term's school year.
        to_sign: of each selection that has to be signed for, its batch and the digest that its sheet bears.
        missing: records of the school that are due within two weeks or late, by kind; selections not signed for.
    """

    student: str
    term: Term
    level: int
    class_: str
    standing: EnrolmentState
    visits: tuple[Visit, ...]
    specials: tuple[SpecialCourse, ...]
    outputs: tuple[Output, ...]
    activities: tuple[tuple[str, bool], ...]
    quotas: tuple[Used, ...]
    to_sign: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]

    @property
    def states(self) -> Counter[State]:
        """How many outputs are in each state."""
        return Counter(output.state for output in self.outputs)

    @property
    def selected(self) -> int:
        """How many of the term's outputs are ticked for the agency, and can be submitted to it."""
        return sum(output.selected and output.usable for output in self.outputs)


def portfolio(student: Student, school: School, term: Term) -> Portfolio | None:
    """A student's portfolio in a term; None where nothing is expected, before entry or after leaving."""
    own = student.one("student")
    if own is None or term not in dict(enrolled_terms(own, school)):
        return None
    by = min(term.last_day, school.today)
    place = level_and_class(own, by) or level_and_class(own, term.last_day)
    stands = standing(own, by) or standing(own, term.last_day)
    assert place is not None and stands is not None  # noqa: S101, PT018 - enrolled
    soon = school.today + _SOON
    rows = (
        duty.row
        for duty in duty_dates(school)
        if duty.row["expects"] == "every-student" and duty.term == term and place[0] in duty.levels
        if duty.due is not None and duty.due <= soon
    )
    # A quota that nothing has used yet is not told.
    quotas = [
        Used(kind, "submitted", tally.period, tally.used, tally.limit)
        for kind in ("course-output", "activity")
        for tally in submitted_tallies(student, school, kind)
        if tally.period in (str(term), str(term.year))
    ]
    quotas += [
        Used(kind, "selected", chosen.period, chosen.used, chosen.limit)
        for kind, chosen in selected_tallies(student, school)
        if chosen is not None and chosen.period == str(term.year)
    ]
    signed = [entry for entry in sheets(student, school) if entry[0].year == term.year]
    return Portfolio(
        student=student.id,
        term=term,
        level=place[0],
        class_=place[1],
        standing=stands,
        visits=tuple(visits(own, term)),
        specials=tuple(_specials(student, school, term)),
        outputs=tuple(_outputs(student, school, term)),
        activities=tuple((record.slug, is_submitted(record)) for record in student.of("activity")
                         if record.year == term.year),
        quotas=tuple(quotas),
        to_sign=tuple((selection.identity["batch"], digest(selection)) for selection, _, _ in signed),
        missing=(*(kind for row in rows for kind in missing(row, term, student, school)),
                 *(f"sheet/{sheet}" for _, _, sheet in signed if sheet is not SheetState.SIGNED)),
    )  # fmt: skip


def _specials(student: Student, school: School, term: Term) -> Iterator[SpecialCourse]:
    marks = next((record for record in student.of("marks") if record.term == term), None)
    courses = (course for record in student.of("course-records") if record.term == term for _, course in taken(record))
    for course in courses:
        mark = (mark_of(course, marks) if marks is not None else None) or {}
        if course.mode != "regular" or "state" in mark:
            yield SpecialCourse(
                course.data["course"],
                course.subject(school),
                course.mode,
                course.original_term if "original_term" in course.data else None,
                course.data.get("original", {}).get("school", ""),
                mark.get("state", ""),
                mark.get("resit_passed"),
            )


def _outputs(student: Student, school: School, term: Term) -> Iterator[Output]:
    selections = (record for record in student.of("selection") if record.year == term.year)
    ticked = {item for record in selections for item in record.data["outputs"]}
    for item in student.of("course-output"):
        if item.term == term:
            current = state(item, student, school)
            payload = current.event.payload if current.event is not None else None
            decided = payload.issued_at.astimezone(TAIPEI).date() if payload is not None else None
            if current.claim is not None:
                decided = current.claim.certified_on
            summary, chosen = str(item.data.get("summary", "")), f"{term}/{item.slug}" in ticked
            usable = current.state in USABLE
            yield Output(item.slug, item.data["course"], summary, current.state, decided, chosen, usable)
