"""How far the students of each receipt have come, and which reported problems are to be answered by when.

A student adds two small lists; the school's duties and reminders are made of their sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from licheng.core.dates import day
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.deadlines import REGISTRY, Deadline, DeadlineKind, Owner
from licheng.policy.receiving.confirming import SETTLED, ReceiptAnswer, problems, standings
from licheng.policy.receiving.versions import ReceiptId, id_of, members, named, receipts

ANSWER = "receipt-answer"
OWNERS = (Owner("unit", REGISTRY),)


class AskedMember(NamedTuple):
    """A student who is to confirm a receipt.

    Attributes:
        closes: the last day; None where the calendar has no window.
    """

    receipt: ReceiptId
    level: int
    state: ReceiptAnswer
    closes: date | None


class OwedAnswer(NamedTuple):
    """A problem that was reported.

    Attributes:
        path: of the report.
        due: the last day to answer it.
        on: the day of the answer; None while there is none.
        by: who answered.
    """

    receipt: ReceiptId
    reported: date
    due: date
    on: date | None
    by: str
    path: str


@dataclass(frozen=True, slots=True)
class StudentReceipts:
    """What one student adds."""

    asked: tuple[AskedMember, ...] = ()
    owed: tuple[OwedAnswer, ...] = ()


@dataclass
class ReceiptProgress:
    """The sum over students.

    Attributes:
        asked: how many students by receipt, year level and answer.
        closes: by receipt the last day of its windows.
    """

    asked: Counter[tuple[ReceiptId, int, ReceiptAnswer]] = field(default_factory=Counter)
    closes: dict[ReceiptId, date] = field(default_factory=dict)
    owed: list[OwedAnswer] = field(default_factory=list)

    def add(self, student: StudentReceipts) -> None:
        """Take what a student adds."""
        for member in student.asked:
            self.asked[member.receipt, member.level, member.state] += 1
            if member.closes is not None:
                self.closes[member.receipt] = max(member.closes, self.closes.get(member.receipt, member.closes))
        self.owed += student.owed

    def confirmed(self, which: ReceiptId) -> tuple[int, int]:
        """How many students are in a receipt, and how many of them have confirmed it."""
        counts = [(state, count) for (receipt, _, state), count in self.asked.items() if receipt == which]
        return sum(count for _, count in counts), sum(count for state, count in counts if state in SETTLED)

    def answers_due(self) -> Iterator[tuple[str, list[OwedAnswer]]]:
        """The reported problems of a receipt that are due on one day, by an id that stays."""
        together: dict[tuple[ReceiptId, date], list[OwedAnswer]] = {}
        for owed in sorted(self.owed, key=lambda owed: (owed.receipt, owed.due, owed.path)):
            together.setdefault((owed.receipt, owed.due), []).append(owed)
        for (which, due), several in together.items():
            yield f"{Term(which.year, 2)}/{ANSWER}/{which}/{due}", several


def of_student(student: Student, school: School) -> StudentReceipts:
    """What a student says to the latest receipts, and what the school owes them an answer to."""
    asked = (
        AskedMember(
            id_of(now.receipt),
            members(school)[id_of(now.receipt)][student.id].level,
            now.state,
            now.window.closes if now.window is not None else None,
        )
        for now in standings(student, school)
    )
    owed = (
        OwedAnswer(
            named(problem.report),
            day(problem.report.data["on"]),
            problem.due,
            day(problem.answer.data["on"]) if problem.answer is not None else None,
            problem.answer.data["by"] if problem.answer is not None else "",
            problem.report.path,
        )
        for problem in problems(student, school)
    )
    return StudentReceipts(tuple(asked), tuple(owed))


def is_confirmed(deadline: Deadline, student: Student, school: School) -> bool:
    """Whether a deadline is of the window in which a student was asked to confirm, and they have, all of it."""
    calendar = school.calendars.get(deadline.term)
    windows = calendar.windows if calendar is not None and deadline.kind is DeadlineKind.WINDOW else ()
    mine = next((window for window in windows if deadline.id == f"{deadline.term}/window/{window.id}"), None)
    states = [now.state for now in standings(student, school) if mine is not None and now.window == mine]
    return bool(states) and SETTLED.issuperset(states)


def deadlines_of(progress: ReceiptProgress, school: School) -> Iterator[Deadline]:
    """The days by which the registry answers what was reported, which follow from the reports, not the calendar."""
    for id_, several in progress.answers_due():
        record = receipts(school).get(several[0].receipt)
        if record is not None:
            yield Deadline(
                id=id_,
                kind=DeadlineKind.ANSWER,
                term=Term(several[0].receipt.year, 2),
                subject=str(several[0].receipt),
                closes=several[0].due,
                owners=OWNERS,
                place=record.at(),
                opens=min(owed.reported for owed in several),
            )
