"""Reminders: what each unit and post still has to do soon, or is late with. Never a person's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from licheng.core.layout import MEETING, NOTICES
from licheng.core.record import Record
from licheng.core.school import School
from licheng.policy.authority import holds, within
from licheng.policy.calendar import Phase
from licheng.policy.deadlines import STUDENT, Deadline, DeadlineKind, Owner, duty_rows
from licheng.policy.duties import DutyState
from licheng.policy.enrolment import is_here, level_and_class
from licheng.policy.omissions import explained
from licheng.policy.permission import in_unit
from licheng.policy.training import SessionState, sessions
from licheng.policy.working_group import meetings_held

DAYS = (14, 7, 3, 1)
_STUDENTS = Owner("post", STUDENT)
_SETTLED = frozenset({Phase.DONE, Phase.ENDED, Phase.COMING, Phase.UNDATED})


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing that an owner has to do.

    Attributes:
        within: the smallest of the school's reminder days that holds what is left; None when it is late.
        days_left: until the last day, which counts as day 0; negative when it is past.
        open: how many records, items or rosters are not there yet; None where nothing can be counted.
    """

    owner: Owner
    deadline: Deadline
    within: int | None
    days_left: int
    open: int | None = None

    @property
    def is_duty(self) -> bool:
        """Whether the owner has to act; what students hand in is voluntary (肆.一)."""
        return self.owner != _STUDENTS


def reminder_days(school: School) -> tuple[int, ...]:
    """The days before a deadline on which people are reminded: the school's own, or 14, 7, 3 and 1."""
    own = school.one("school")
    return tuple(sorted(own.data.get("reminders", DAYS))) if own is not None else DAYS


def reminders(calendar: Iterable[Deadline], duties: Iterable[DutyState], school: School) -> tuple[Reminder, ...]:
    """What is due within the longest interval or late, by owner: the late ones first, then the first to come.

    Windows of students and teachers are told while they are open; only what leaves a record can be late.
    """
    by_id = {state.id: state for state in duties}
    due: list[Reminder] = []
    for deadline in calendar:
        left = (deadline.closes - school.today).days
        within = next((days for days in reminder_days(school) if 0 <= left <= days), None)
        late = left < 0 and deadline.kind is not DeadlineKind.WINDOW
        state = by_id.get(deadline.id)
        near = within is not None or late
        if near and not is_settled(deadline, state, school) and not is_explained(deadline, school):
            missing = state.tally.needed - state.tally.done if state is not None else None
            owners = state.owners if state is not None else deadline.owners
            due += (Reminder(owner, deadline, within, left, missing) for owner in owners)
    return tuple(sorted(due, key=lambda reminder: (reminder.owner, reminder.days_left, reminder.deadline.id)))


def is_settled(deadline: Deadline, state: DutyState | None, school: School) -> bool:
    """Whether nothing remains to be done: the records are there, the training was held, the meeting was minuted."""
    if deadline.kind in (DeadlineKind.TRAINING, DeadlineKind.MEETING):
        number = int(deadline.id.rpartition("/")[2])  # the how-manieth of its term, from 1
        return times_held(deadline, school) >= number
    return state is not None and state.phase in _SETTLED


def is_explained(deadline: Deadline, school: School) -> bool:
    """Whether a training, a meeting or notices were left out, and who had to see to it has said so."""
    demand = MEETING if deadline.kind is DeadlineKind.MEETING else deadline.subject
    planned = deadline.kind in (DeadlineKind.TRAINING, DeadlineKind.MEETING)
    if deadline.kind is DeadlineKind.DUTY:
        rows = (row for row in duty_rows(school) if row["id"] == deadline.subject)
        planned, demand = any("notice" in row["records"] for row in rows), NOTICES
    return planned and explained(deadline.term, demand, school) is not None


def times_held(deadline: Deadline, school: School) -> int:
    """How many trainings of an audience, or meetings of the working group, a term has held by today (陸, 伍.四)."""
    if deadline.kind is DeadlineKind.MEETING:
        return meetings_held(deadline.term, school)
    mine = (session for session in sessions(school, deadline.term) if session.audience == deadline.subject)
    return sum(session.state is SessionState.HELD for session in mine)


def by_owner(due: Iterable[Reminder]) -> Mapping[Owner, tuple[Reminder, ...]]:
    """Reminders of each unit and post, in the order of kinds and ids."""
    groups: dict[Owner, list[Reminder]] = {}
    for reminder in due:
        groups.setdefault(reminder.owner, []).append(reminder)
    return {owner: tuple(groups[owner]) for owner in sorted(groups)}


def staff_of(owner: Owner, school: School) -> tuple[str, ...]:
    """Those of the staff who hold the post, or a post of the unit, on the school's day, and whose account is open."""
    on = school.today
    return tuple(
        staff
        for staff in sorted(school.posts_of)
        if staff in school.account_of and within(school.account_of[staff], on)
        if (in_unit(staff, owner.id, school, on) if owner.kind == "unit" else holds(staff, school, on, owner.id))
    )


def concerns(reminder: Reminder, student_record: Record, on: date) -> bool:
    """Whether a reminder of all students is for one of them: at the school on that day, and of its year levels."""
    place, levels = level_and_class(student_record, on), reminder.deadline.levels
    is_theirs = reminder.owner == _STUDENTS and is_here(student_record, on)
    return is_theirs and place is not None and (not levels or place[0] in levels)
