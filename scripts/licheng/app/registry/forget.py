"""`licheng forget`: a sealed student's key is destroyed, so that nobody opens the sealed file any more (個資法 §11).

With it goes the row of the identity table, where one is given. What stays says when, by whom and why, never who.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheng.app.registry import forgetting
from licheng.app.registry.identities import TableFile
from licheng.app.registry.seal import school_of
from licheng.core.errors import UsageError, reason_of
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.policy.sealing import FORGETTING, SEAL
from licheng.sources.emit import document
from licheng.sources.tree import Tree
from licheng.storage.files import temporaries
from licheng.storage.plan import Plan


class AskedForgetting(NamedTuple):
    """What is asked for.

    Attributes:
        student: the id.
        by: the staff id of who destroys.
        reason: one of `licheng.core.person.REASONS`.
        folders: with students' keys: the registrar's, and every copy of it.
    """

    student: str
    by: str
    reason: str
    folders: Sequence[Path]


def sealed(tree: Tree, today: date, asked: AskedForgetting) -> Record:
    """The seal of the student.

    Raises:
        UsageError: APP429, there is no such member of staff; APP466, the student has no seal.
    """
    school = school_of(tree, today)
    if asked.by not in school.staff:
        raise UsageError("APP429", staff=asked.by)
    for seal in school.of(SEAL):
        if seal.identity["student"] == asked.student:
            return seal
    raise UsageError("APP466", student=asked.student)


def keys(asked: AskedForgetting) -> tuple[Path, ...]:
    """The files of the student's key that are there, and what killed writers left of them.

    Raises:
        UsageError: APP024, a folder cannot be read.
    """
    files = list[Path]()
    for folder in asked.folders:
        if not folder.is_dir():
            raise UsageError("APP024", path=str(folder), detail="ENOENT")
        own = folder / f"{asked.student}.key"
        files += [*temporaries(own), *([own] if own.exists() else [])]
    return tuple(files)


def recorded(seal: Record, asked: AskedForgetting, today: date, tree: Tree) -> Plan:
    """That it was done; nothing where that is on record, as a killed run leaves it."""
    path = BY_NAME[FORGETTING].path(cohort=seal.identity["cohort"], student=asked.student)
    if any(True for _ in tree.entries(path)):
        return Plan()
    record = {"kind": f"{FORGETTING}/v1", "on": today.isoformat(), "by": asked.by, "reason": asked.reason}
    return Plan(creates={path: document(BY_NAME[FORGETTING], path, record).encode()})


def destroy(files: Sequence[Path]) -> None:
    """Take the keys away.

    Raises:
        UsageError: APP024, one cannot be.
    """
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError("APP024", path=str(file), detail=reason_of(error)) from error


def destroy_row(table: TableFile, asked: AskedForgetting, today: date) -> bool:
    """Take the student's row out of the identity table; whether there was one."""
    for person in table.table.people:
        if person.student == asked.student:
            forgetting.destroy(table, forgetting.without(table, person, today, asked.reason))
            return True
    return False
