"""What waits for a decision: submitted items without one, and items that changed after theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.authority import assigned, sections
from licheng.policy.calendar import find_windows
from licheng.policy.certification import WAITING, State, state
from licheng.policy.enrolment import level_on

# Days that an item has waited, by which a backlog is told apart; the last group is all that is older.
AGES = (7, 14, 28)
_TEACHERS = ("teachers", "advising_teachers")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that waits.

    Attributes:
        item: its folder, from the root.
        state: submitted or stale.
        teachers: who may decide by assignment.
        opened: the day from which certification was open, by which the oldest come first.
        closes: the last day of certification; None where the calendar has no such window.
    """

    item: str
    student: str
    course: str
    state: State
    teachers: frozenset[str]
    opened: date
    closes: date | None

    @property
    def order(self) -> tuple[date, date, str]:
        """Oldest first, then the window that closes first."""
        return self.opened, self.closes or date.max, self.item


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many items wait, by age: one number for each of `AGES`, and one for all that is older."""

    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All that wait."""
        return sum(self.counts)


def backlog(items: Iterable[Waiting], since: Callable[[Waiting], date], today: date) -> Backlog:
    """Items by the days that they have waited since they last changed, or since certification opened."""
    counts = [0] * (len(AGES) + 1)
    for item in items:
        age = (today - since(item)).days
        counts[sum(age > limit for limit in AGES)] += 1
    return Backlog(tuple(counts))


def waiting(student: Student, school: School) -> Iterator[Waiting]:
    """A student's items that wait for a decision."""
    for item in student.of("course-output"):
        current = state(item, student, school).state
        if current not in WAITING:
            continue
        term = item.term
        assert term is not None  # noqa: S101 - an output's path has a term
        level = level_on(student, term.last_day) or 0
        windows = list(find_windows(school, term, "course-output", "certification", level))
        taught = sections(student, school, term, item.data["course"])
        yield Waiting(
            item=item.folder,
            student=student.id,
            course=item.data["course"],
            state=current,
            teachers=frozenset(
                staff for section in taught for field in _TEACHERS for staff in assigned(section, field, school.today)
            ),
            opened=min((window.opens for window in windows), default=term.first_day),
            closes=max((window.closes for window in windows), default=None),
        )


def resubmission_closes(item: Record, student: Student, school: School) -> date | None:
    """The last day on which a returned output may be handed in again; None where the calendar says nothing."""
    term = item.term
    assert term is not None  # noqa: S101 - an output's path has a term
    level = level_on(student, term.last_day) or 0
    windows = find_windows(school, term, item.kind, "submission", level)
    return max((window.closes for window in windows), default=None)
