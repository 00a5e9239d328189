"""Sealing (封存, 肆.四): who is due, what belongs to a student, and whether a seal may take it away.

The clock starts at the recorded application to a university or college; whoever has none is listed for a decision,
never sealed by guess.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from licheng.core.change import Operation, Proposal
from licheng.core.dates import TAIPEI, day
from licheng.core.layout import BY_NAME, CERTIFICATIONS, STUDENTS, home
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.enrolment import is_here, left_on

SEAL, UNSEALING, FORGETTING = "seal", "unsealing", "forgetting"


class Retention(StrEnum):
    """How the keeping of a student's records stands on a day."""

    HERE = "here"  # at the school, whatever was applied for
    KEPT = "kept"  # the years are not over
    DUE = "due"
    UNDATED = "undated"  # gone, and no application is recorded: somebody has to decide


class RetentionState(NamedTuple):
    """A student's records on a day.

    Attributes:
        applied: the last recorded application.
        due: the first day on which they are sealed.
        left: the last day at the school.
    """

    student: str
    state: Retention
    applied: date | None = None
    due: date | None = None
    left: date | None = None


class SealFault(StrEnum):
    """Why a seal takes nothing away (labels `seal_fault`)."""

    NO_STUDENT = "no-student"  # main has no such student
    NOT_DUE = "not-due"
    LEFT_BEHIND = "left-behind"  # a file of the student would stay
    OTHER_FILES = "other-files"  # it was made of other files than main has
    OTHER_COMMIT = "other-commit"  # the commit that it names is none of these, or had other files
    OTHER_DAY = "other-day"  # of a day to come, or of long ago; or another application
    OTHER_PERSON = "other-person"  # it says that somebody else sealed
    UNREAD = "unread"  # what is wrong with it, a check says


# A seal is made, signed for by a second person and pushed within these days; it is of now, not of last year.
MOST_DAYS = 14


def due_on(applied: date, years: int) -> date:
    """The first day after so many years from a day, which itself does not count (民法 §120 II, §121 II)."""
    first = applied + timedelta(days=1)
    try:
        return first.replace(year=first.year + years)
    except ValueError:  # 29 February: the last day of the month ends the years
        return date(first.year + years, 3, 1)


def retention(record: Record, school: School) -> RetentionState:
    """How the keeping of the records of a student stands today, by the rulebook in force.

    Args:
        record: of kind `student`.
        school: the rulebook, and the day.
    """
    student, today = record.identity["student"], school.today
    book = school.rulebooks.on(today)
    days = [day(event["on"]) for event in record.data["events"] if event["event"] == "application"]
    applied = max((each for each in days if each <= today), default=None)
    left = left_on(record, today)
    due = due_on(applied, book.retention_years) if applied is not None and book is not None else None
    if left is None or is_here(record, today):
        state = Retention.HERE
    elif due is None:
        state = Retention.UNDATED
    else:
        state = Retention.DUE if due <= today else Retention.KEPT
    return RetentionState(student, state, applied, due, left)


def folders(cohort: str, student: str) -> tuple[str, str]:
    """All that is a student's: the records, and the decisions on them."""
    return f"{CERTIFICATIONS}/{cohort}/{student}", f"{STUDENTS}/{cohort}/{student}"


def seal_path(cohort: str, student: str) -> str:
    """Where the seal of a student lies."""
    return BY_NAME[SEAL].path(cohort=cohort, student=student)


def added(proposal: Proposal, *kinds: str) -> dict[str, str]:
    """The paths of all records of some kinds that a change adds, and the id of the student of each."""
    paths = (change.path for change in proposal.changes if change.operation is Operation.ADD)
    homes = ((path, where) for path in paths if (where := home(path)) is not None and where.kind.name in kinds)
    return {path: where.identity["student"] for path, where in homes}


def takes_away(path: str, operation: Operation, seals: Collection[str]) -> bool:
    """Whether a file goes with a seal of the same change, of these paths: then the seal is judged for it."""
    parts = path.split("/")
    if operation is not Operation.DELETE or len(parts) < 5 or seal_path(parts[2], parts[3]) not in seals:
        return False
    return "/".join(parts[:4]) in folders(parts[2], parts[3])


def faults(seal: Record, proposal: Proposal) -> Iterator[SealFault]:
    """What is wrong with a seal that a change adds; nothing is taken away by one that has a fault."""
    name = seal.identity["student"]
    owner: Student | None = proposal.students_before.get(name)
    own = owner.one("student") if owner is not None else None
    if own is None or own.identity["cohort"] != seal.identity["cohort"]:
        yield SealFault.NO_STUDENT
        return
    state = retention(own, proposal.before)
    if state.state is not Retention.DUE:
        yield SealFault.NOT_DUE
    if name in proposal.students_after:
        yield SealFault.LEFT_BEHIND
    on_main = proposal.held.get(seal.path)
    if on_main is None or (seal.data["manifest"], seal.data["files"], seal.data["bytes"]) != on_main[:3]:
        yield SealFault.OTHER_FILES
    elif not on_main.is_of_commit:
        yield SealFault.OTHER_COMMIT
    today, on = proposal.now.astimezone(TAIPEI).date(), day(seal.data["on"])
    lately = today - timedelta(days=MOST_DAYS) <= on <= today and (state.due is None or state.due <= on)
    if not lately or day(seal.data["applied_on"]) != state.applied:
        yield SealFault.OTHER_DAY
