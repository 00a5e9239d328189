"""Handed in, certified or selected outside the time that the school has set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from licheng.core.calendar import Window
from licheng.core.certification import Decision
from licheng.core.change import Proposal
from licheng.core.dates import TAIPEI
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.calendar import SUBMITTED
from licheng.policy.enrolment import level_on
from licheng.policy.gate import brought_in, new_decisions
from licheng.policy.timely import submission_windows, windows_of_level
from licheng.policy.waivers import allows


@dataclass(frozen=True, slots=True)
class _Late:
    """What arrived outside its windows, and on which day, Asia/Taipei."""

    place: Place
    stage: str
    on: date
    windows: list[Window]


@rule("GAT013", "outside-window", scope="change")
def outside_window(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """What counts is when the server first received it, in Asia/Taipei; later needs a waiver (肆.一, 伍.二).

    A student's own withdrawal, a revocation and a reaffirmation are always in time. What comes in with a claim was in
    time elsewhere.
    """
    students = proposal.students_after.values()
    ways = (_late_items, _late_decisions, _late_selections)
    for late in (late for student in students for way in ways for late in way(student, proposal)):
        received = late.on.isoformat()
        if late.windows:
            opens = min(window.opens for window in late.windows).isoformat()
            closes = max(window.closes for window in late.windows).isoformat()
            yield this.finding(late.place, stage=late.stage, received=received, opens=opens, closes=closes)
        else:
            yield this.finding(late.place, stage=late.stage, received=received, case="no-window")


def _late_items(student: Student, proposal: Proposal) -> Iterator[_Late]:
    touched = {path.rpartition("/")[0] for path in proposal.paths}
    touched -= {folder for folder, _ in brought_in(student, proposal)}
    for item in student.of(*SUBMITTED):
        if item.folder in touched and item.data["submitted"] is True:
            on = _received(item.folder, proposal)
            below = item.folder.removeprefix(f"{student.folder}/")
            windows = submission_windows(item, student, proposal.before)
            if not _is_open(windows, on) and not allows(student, below, "submission", on, proposal.before):
                yield _Late(item.at("submitted"), "submission", on, windows)


def _late_decisions(student: Student, proposal: Proposal) -> Iterator[_Late]:
    for event, payload in new_decisions(student, proposal):
        if payload.decision in {Decision.CERTIFIED, Decision.RETURNED}:
            on = _received(event.path, proposal)
            term = Term.parse(event.item.split("/")[1])
            windows = list(windows_of_level("course-output", "certification", term, student, proposal.before))
            if not _is_open(windows, on) and not allows(student, event.item, "certification", on, proposal.before):
                yield _Late(Place(event.path), "certification", on, windows)


def _late_selections(student: Student, proposal: Proposal) -> Iterator[_Late]:
    for record in student.of("selection"):
        if record.path in proposal.paths:
            on = _received(record.path, proposal)
            level, batch = level_on(student, on), record.identity["batch"]
            every = (window for calendar in proposal.before.calendars.values() for window in calendar.windows)
            of_batch = (window for window in every if (window.batch or "regular") == batch)
            windows = [window for window in of_batch if window.stage == "selection" and level in window.levels]
            below = record.path.removeprefix(f"{student.folder}/").removesuffix(".yaml")
            if not _is_open(windows, on) and not allows(student, below, "selection", on, proposal.before):
                yield _Late(record.at(), "selection", on, windows)


def _received(key: str, proposal: Proposal) -> date:
    return proposal.received.get(key, proposal.now).astimezone(TAIPEI).date()


def _is_open(windows: Iterable[Window], on: date) -> bool:
    return any(window.opens <= on <= window.closes for window in windows)
