"""`licheng forget`: a sealed student's key is destroyed, so that nobody opens the sealed file any more (個資法 §11).

With it goes the row of the identity table, where one is given. What stays says when, by whom and why, never who. As it
cannot be undone, a coordinator signs for the record first, the same signature that the gate asks for (GAT042).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

from licheng.app.loading.load import load
from licheng.app.registry import forgetting
from licheng.app.registry.identities import TableFile
from licheng.core.change import Change, Operation
from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError, reason_of
from licheng.core.layout import BY_NAME
from licheng.policy.overrides import covering, digest, signed_for
from licheng.policy.sealing import FORGETTING, SEAL
from licheng.sources.attachments import object_id
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


class PreparedForgetting(NamedTuple):
    """What is destroyed.

    Attributes:
        plan: the record of it; nothing where it is there already.
        keys: the files.
        change: SHA-256 of the change that adds just the record, which a coordinator signs (`licheng override`).
        is_seconded: whether another than who destroys, a coordinator, has signed it lately.
    """

    plan: Plan
    keys: Sequence[Path]
    change: str
    is_seconded: bool


def prepared(tree: Tree, today: date, asked: AskedForgetting) -> PreparedForgetting:
    """What would be destroyed, and whether a coordinator has signed that just this is meant.

    Raises:
        UsageError: APP429, there is no such member of staff; APP466, the student has no seal; APP024, a folder cannot
            be read.
    """
    school = load(tree, today, handbook=False).school
    if asked.by not in school.staff:
        raise UsageError("APP429", staff=asked.by)
    seals = [seal for seal in school.of(SEAL) if seal.identity["student"] == asked.student]
    if not seals:
        raise UsageError("APP466", student=asked.student)
    path = BY_NAME[FORGETTING].path(cohort=seals[0].identity["cohort"], student=asked.student)
    record = {"kind": f"{FORGETTING}/v1", "on": today.isoformat(), "by": asked.by, "reason": asked.reason}
    plan, data = Plan(), document(BY_NAME[FORGETTING], path, record).encode()
    earlier = school.record_at(path)
    if earlier is not None:  # as who was asked for the signature left it, or a killed run
        data = earlier.text.encode()
    else:
        plan = Plan(creates={path: data})
    change = Change(path, Operation.ADD, "", "", blob=object_id(data))
    bringers = {asked.by, *((earlier.data["by"],) if earlier is not None else ())}
    now = datetime.combine(today, time.max, TAIPEI)
    second = covering(signed_for((change,), bringers, school, now), school)
    return PreparedForgetting(plan, keys(asked), digest((change,)), second is not None)


def keys(asked: AskedForgetting) -> tuple[Path, ...]:
    """The files of the student's key that are there, and what killed writers left of them."""
    files = list[Path]()
    for folder in asked.folders:
        if not folder.is_dir():
            raise UsageError("APP024", path=str(folder), detail="ENOENT")
        own = folder / f"{asked.student}.key"
        files += [*temporaries(own), *([own] if own.exists() else [])]
    return tuple(files)


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
