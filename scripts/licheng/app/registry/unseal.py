"""`licheng unseal`: a sealed file opened again, byte for byte, beside the repository and never into it (肆.四)."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheng.app.registry.seal import opened_bag, school_of
from licheng.core.errors import UsageError, reason_of
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.policy.sealing import SEAL, UNSEALING
from licheng.sources.emit import document
from licheng.sources.tree import Tree
from licheng.storage.folders import write_private_folder
from licheng.storage.plan import Plan

# The person asked for it; a law or a public body demands it; to see whether it can be done.
REASONS = ("request", "authority", "drill")


class AskedUnsealing(NamedTuple):
    """What is asked for.

    Attributes:
        path: the sealed file.
        student: the id.
        by: the staff id of who opens it.
        reason: one of `REASONS`.
        identity: the file of a private key of the archive.
        key: the file of the student's private key.
    """

    path: Path
    student: str
    by: str
    reason: str
    identity: Path
    key: Path


def sealed(tree: Tree, today: date, asked: AskedUnsealing) -> Record:
    """The seal by which a file may be opened.

    Raises:
        UsageError: APP429, there is no such member of staff; APP466, the student has no seal; APP467, the file is
            another; APP468, the student's key is not here.
    """
    school = school_of(tree, today)
    if asked.by not in school.staff:
        raise UsageError("APP429", staff=asked.by)
    seal = next((record for record in school.of(SEAL) if record.identity["student"] == asked.student), None)
    if seal is None:
        raise UsageError("APP466", student=asked.student)
    try:
        with asked.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError("APP024", path=str(asked.path), detail=reason_of(error)) from error
    if digest != seal.data["sealed"]["sha256"]:
        raise UsageError("APP467", path=str(asked.path), seal=seal.path)
    if not asked.key.is_file():
        raise UsageError("APP468", path=str(asked.key), student=asked.student)
    return seal


def recorded(seal: Record, asked: AskedUnsealing, today: date, tree: Tree) -> Plan:
    """That it was opened; nothing where the same is on record for the day."""
    path = BY_NAME[UNSEALING].path(
        cohort=seal.identity["cohort"], student=asked.student, slug=f"{today.isoformat()}-{asked.reason}"
    )
    record = {
        "kind": f"{UNSEALING}/v1",
        "on": today.isoformat(),
        "by": asked.by,
        "reason": asked.reason,
        "sealed": seal.data["sealed"]["sha256"],
    }
    text = document(BY_NAME[UNSEALING], path, record).encode()
    is_there = any(tree.read(entry) == text for entry in tree.entries(path))
    return Plan() if is_there else Plan(creates={path: text})


def written(seal: Record, asked: AskedUnsealing, folder: Path) -> None:
    """The bag in a folder that its owner alone may enter: all of it, proved right, or nothing.

    Raises:
        UsageError: APP016, the folder is not empty; APP461, there is no `age`.
        LichengError: APP464, it does not open, or holds something else.
    """
    manifest = seal.data["manifest"]
    files = opened_bag(asked.path, asked.identity, asked.key, asked.student, manifest)
    write_private_folder(folder, files)
