"""What may leave the school for an admission committee, by whose consent, and what stands against it (肆.二).

The student's own copy asks nobody: it holds all that the student has handed in, each work as what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from licheng.core.certification import Event, SubjectFile
from licheng.core.dates import day, optional_day
from licheng.core.layout import HANDED_IN
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import Claim, Delegation
from licheng.policy.certification import USABLE, ItemState, State, state, subject_of, verified
from licheng.policy.exporting.outcomes import has_its_files
from licheng.policy.quota import is_submitted

STATEMENT = "statement"
# States whose decisions are told with the work: those of a work that has changed since are about another.
_TOLD = USABLE | {State.RETURNED, State.REVOKED}


class ReleaseObstacle(StrEnum):
    """Why a work may not be released; of several reasons the first."""

    NOT_AGREED = "not-agreed"  # no consent to this committee names it
    NOT_SELECTED = "not-selected"  # never selected for the agency, so not in its database
    MISSING = "missing"
    DRAFT = "draft"
    UNDECIDED = "undecided"  # a decision on it does not hold
    UNCERTIFIED = "uncertified"
    RETURNED = "returned"
    REVOKED = "revoked"
    STALE = "stale"
    UNSETTLED = "unsettled"
    OTHER_FILES = "other-files"  # a file is not the one that the record lists


_OF_STATE = {
    State.DRAFT: ReleaseObstacle.DRAFT,
    State.SUBMITTED: ReleaseObstacle.UNCERTIFIED,
    State.RETURNED: ReleaseObstacle.RETURNED,
    State.REVOKED: ReleaseObstacle.REVOKED,
    State.STALE: ReleaseObstacle.STALE,
}


class Consents(NamedTuple):
    """A student's consents to one committee, given by a day: those that stand, and those that were revoked."""

    standing: tuple[Record, ...]
    revoked: tuple[Record, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """What the standing ones name together, each once, by the place below the student's folder, sorted."""
        return tuple(sorted({name for record in self.standing for name in named(record)}))


class ReleasedItem(NamedTuple):
    """A work as it is released.

    Attributes:
        name: below the student's folder: `terms/114-1/outputs/pendulum`.
        state: of a course output; None of what needs no certification.
        decisions: on it, in their order; none where they are about other files.
    """

    name: str
    record: Record
    files: tuple[SubjectFile, ...]
    state: ItemState | None = None
    decisions: tuple[Event, ...] = ()

    @property
    def claim(self) -> Claim | None:
        """By which another platform certified it as it is."""
        return self.state.claim if self.state is not None and self.state.state is State.CLAIMED else None

    @property
    def certification(self) -> str | None:
        """SHA-256 of the payload that certifies it as it is."""
        last = self.decisions[-1] if self.decisions else None
        return last.digest if last is not None and self.state is not None and self.state.state in USABLE else None


def consents(student: Student, committee: str, today: date) -> Consents:
    """A student's consents to a committee of exactly that name.

    From the day on which a consent is revoked nothing is released by it; to more works a student agrees by one more.
    """
    given = [
        record
        for record in student.of("release-consent")
        if record.data["committee"] == committee and day(record.data["on"]) <= today
    ]
    ends = ((record, optional_day(record.data.get("revoked_on"))) for record in given)
    revoked = tuple(record for record, since in ends if since is not None and since <= today)
    return Consents(tuple(record for record in given if record not in revoked), revoked)


def committees(student: Student, today: date) -> tuple[str, ...]:
    """To whom a student agrees on a day."""
    names = {record.data["committee"] for record in student.of("release-consent")}
    return tuple(sorted(name for name in names if consents(student, name, today).standing))


def named(record: Record) -> Iterator[str]:
    """What a selection or a consent names, by the places below the student's folder."""
    yield from map(place_of, (*record.data["outputs"], *record.data["activities"]))
    if record.data.get(STATEMENT) is True:
        yield STATEMENT


def place_of(name: str) -> str:
    """`terms/114-1/outputs/pendulum` of `114-1/pendulum`, `years/114/activities/fair` of `114/fair`, or `statement`."""
    period, _, slug = name.partition("/")
    if not slug:
        return name
    return f"terms/{period}/outputs/{slug}" if "-" in period else f"years/{period}/activities/{slug}"


def obstacles(
    names: Iterable[str], agreed: Consents, student: Student, school: School
) -> Iterator[tuple[str, ReleaseObstacle]]:
    """What stands against releasing these works to the committee of the consents, a line for each that may not go."""
    selected = {
        name for record in student.of("selection") if day(record.data["on"]) <= school.today for name in named(record)
    }
    for name in names:
        if (obstacle := _obstacle(name, agreed, selected, student, school)) is not None:
            yield name, obstacle


def _obstacle(
    name: str, agreed: Consents, selected: set[str], student: Student, school: School
) -> ReleaseObstacle | None:
    record = student.record_at(f"{student.folder}/{name}/item.md")
    if name not in agreed.items:
        return ReleaseObstacle.NOT_AGREED
    if record is None:
        return ReleaseObstacle.MISSING
    if name != STATEMENT and name not in selected:  # the agency has no autobiography
        return ReleaseObstacle.NOT_SELECTED
    if not is_submitted(record):
        return ReleaseObstacle.DRAFT
    if record.kind == "course-output":
        if any(judged.faults for judged in verified(student, school).get(name, ())):
            return ReleaseObstacle.UNDECIDED
        now = state(record, student, school)
        if not now.settled:
            return _OF_STATE.get(now.state, ReleaseObstacle.UNSETTLED)
    return None if has_its_files(record, student) else ReleaseObstacle.OTHER_FILES


def handed_in(student: Student) -> tuple[str, ...]:
    """Every work that a student has handed in, whatever became of it."""
    works = (record for record in student.of(*HANDED_IN) if is_submitted(record))
    return tuple(sorted(record.folder.removeprefix(f"{student.folder}/") for record in works))


def released(name: str, student: Student, school: School) -> ReleasedItem:
    """A work as it goes: its files, its state, and the decisions on what it is now."""
    record = student.by_path[f"{student.folder}/{name}/item.md"]
    files = subject_of(record, student)
    if record.kind != "course-output":
        return ReleasedItem(name, record, files)
    now = state(record, student, school)
    judged = verified(student, school).get(name, ()) if now.state in _TOLD else ()
    return ReleasedItem(name, record, files, now, tuple(decision.event for decision in judged))


def delegations(items: Iterable[ReleasedItem], school: School) -> tuple[Delegation, ...]:
    """Those by which somebody decided in another's place."""
    cited = {
        event.payload.delegation_digest for item in items for event in item.decisions if event.payload is not None
    } - {None}
    return tuple(delegation for delegation in school.trust.delegations if delegation.digest in cited)


def signers(items: Iterable[ReleasedItem], school: School) -> frozenset[str]:
    """Who signed what is told of these works: whose keys verify them."""
    works = tuple(items)
    certifiers = {event.payload.certifier for item in works for event in item.decisions if event.payload is not None}
    claimants = {item.claim.by.staff for item in works if item.claim is not None}
    return frozenset(certifiers | claimants | {delegation.by for delegation in delegations(works, school)})
