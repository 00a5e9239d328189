"""`licheng remind`: what is due or late by post, and the plan that writes it into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from licheng.app.loading.load import Progress
from licheng.app.status import overview
from licheng.core.errors import UsageError, reason_of
from licheng.core.school import School
from licheng.policy.reminders import Reminder, reminders
from licheng.sources.tree import Tree
from licheng.storage.plan import Plan


def due_or_late(tree: Tree, school: School, progress: Progress | None = None) -> tuple[Reminder, ...]:
    """The reminders of the school's day, from one pass over the students."""
    state = overview(tree, school, progress=progress, jobs=None)
    return reminders(state.calendar, state.duties, school)


def plan(folder: Path, files: Mapping[str, bytes]) -> Plan:
    """Write what is not there yet: a file with the same bytes stays, one of the same day with others is replaced.

    Raises:
        UsageError: APP024, a file cannot be read.
    """
    creates: dict[str, bytes] = {}
    replaces: dict[str, tuple[bytes, bytes]] = {}
    for name, data in files.items():
        try:
            before = (folder / name).read_bytes()
        except FileNotFoundError:
            creates[name] = data
        except OSError as error:
            raise UsageError("APP024", path=str(folder / name), detail=reason_of(error)) from error
        else:
            if before != data:
                replaces[name] = (before, data)
    return Plan(creates, replaces)
