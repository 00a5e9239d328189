"""The demo school as it was on a day: the commits of its history up to that day, nothing that came later."""

from __future__ import annotations

from datetime import date
from functools import cache

from licheng.app.demo import fixed_files
from licheng.app.status import Overview, overview, read_school
from licheng.demo import plan
from licheng.demo.values import PlannedCommit
from licheng.policy.reminders import Reminder, reminders
from tests.trees import MemoryTree

RULEBOOK = fixed_files()["content/rulebook/2018-05-30.yaml"]


@cache
def _commits() -> tuple[PlannedCommit, ...]:
    return tuple(plan(30, 1, rulebook=RULEBOOK))


@cache
def tree_on(day: date) -> MemoryTree:
    """Everything that was committed by the end of a day."""
    files = dict(fixed_files())
    for commit in _commits():
        if commit.when.date() <= day:
            files.update(commit.files)
            for path in commit.removals:
                files.pop(path, None)
    return MemoryTree(files)


@cache
def overview_on(day: date) -> Overview:
    """The exact state of that school on that day."""
    return overview(tree_on(day), read_school(tree_on(day), day))


def reminders_on(day: date) -> tuple[Reminder, ...]:
    """What people are reminded of on that day."""
    state = overview_on(day)
    return reminders(state.calendar, state.duties, state.school)
