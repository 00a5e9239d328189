"""Reminders: what each unit and post still has to do soon, or is late with. Never a person's name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from licheng.core.school import School
from licheng.policy.calendar import Phase
from licheng.policy.deadlines import Deadline, Kind, Owner
from licheng.policy.duties import DutyState
from licheng.policy.training import SessionState, sessions
from licheng.policy.working_group import meetings_held

DAYS = (14, 7, 3, 1)
_SETTLED = frozenset({Phase.DONE, Phase.ENDED, Phase.COMING, Phase.UNDATED})


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing that an owner has to do.

    Attributes:
        within: the smallest of the school's intervals that holds what is left; None when it is late.
        days_left: until the last day, which counts as day 0; negative when it is past.
        open: how many records, items or rosters are not there yet; None where nothing can be counted.
    """

    owner: Owner
    deadline: Deadline
    within: int | None
    days_left: int
    open: int | None = None


def intervals(school: School) -> tuple[int, ...]:
    """The days before a deadline on which people are reminded: the school's own, or 14, 7, 3 and 1."""
    own = school.one("school")
    return tuple(sorted(own.data.get("reminders", DAYS))) if own is not None else DAYS


def reminders(calendar: Iterable[Deadline], duties: Iterable[DutyState], school: School) -> tuple[Reminder, ...]:
    """What is due within the longest interval or late, by owner: the late ones first, then the first to come.

    Windows of students and teachers are told while they are open; only what leaves a record can be late.
    """
    by_id = {state.id: state for state in duties}
    found = [one for deadline in calendar for one in _of(deadline, by_id, school)]
    return tuple(sorted(found, key=lambda one: (one.owner, one.days_left, one.deadline.id)))


def _of(deadline: Deadline, states: Mapping[str, DutyState], school: School) -> Iterator[Reminder]:
    left = (deadline.closes - school.today).days
    within = next((days for days in intervals(school) if 0 <= left <= days), None)
    state = states.get(deadline.id)
    if within is None and (left >= 0 or deadline.kind is Kind.WINDOW):
        return
    if is_settled(deadline, state, school):
        return
    missing = state.tally.needed - state.tally.done if state is not None else None
    for owner in state.owners if state is not None else deadline.owners:
        yield Reminder(owner, deadline, within, left, missing)


def is_settled(deadline: Deadline, state: DutyState | None, school: School) -> bool:
    """Whether nothing remains to be done: the records are there, the training was held, the meeting was minuted."""
    if deadline.kind in (Kind.TRAINING, Kind.MEETING):
        return held(deadline, school) >= _number(deadline)
    return state is not None and state.phase in _SETTLED


def held(deadline: Deadline, school: School) -> int:
    """How many trainings of an audience, or meetings of the working group, a term has held by today (陸, 伍.四)."""
    if deadline.kind is Kind.MEETING:
        return meetings_held(deadline.term, school)
    found = sessions(school, deadline.term)
    return sum(one.audience == deadline.subject and one.state is SessionState.HELD for one in found)


def _number(deadline: Deadline) -> int:
    """The how-manieth of its term, from 1: the last part of its id."""
    return int(deadline.id.rpartition("/")[2])


def by_owner(found: Iterable[Reminder]) -> Mapping[Owner, tuple[Reminder, ...]]:
    """Reminders of each unit and post, in the order of kinds and ids."""
    groups: dict[Owner, list[Reminder]] = {}
    for one in found:
        groups.setdefault(one.owner, []).append(one)
    return {owner: tuple(groups[owner]) for owner in sorted(groups)}
