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
from licheng.policy.enrolment import level_and_class
from licheng.policy.quota import is_submitted, selected_tallies, submitted_tallies

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
class Portfolio:
    """A student in a term.

    Attributes:
        activities: slug, name or summary, and whether submitted, of the term's school year.
        missing: records of the school that are due within two weeks or late, by kind.
    """

    student: str
    term: Term
    level: int
    class_: str
    outputs: tuple[Output, ...]
    activities: tuple[tuple[str, bool], ...]
    quotas: tuple[Used, ...]
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
    place = level_and_class(own, min(term.last_day, school.today)) or level_and_class(own, term.last_day)
    assert place is not None  # noqa: S101 - enrolled
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
    return Portfolio(
        student=student.id,
        term=term,
        level=place[0],
        class_=place[1],
        outputs=tuple(_outputs(student, school, term)),
        activities=tuple((record.slug, is_submitted(record)) for record in student.of("activity")
                         if record.year == term.year),
        quotas=tuple(quotas),
        missing=tuple(kind for row in rows for kind in missing(row, term, student, school)),
    )  # fmt: skip


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
