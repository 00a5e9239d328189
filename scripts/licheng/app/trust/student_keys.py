"""A student's own passkeys: as the signing page hands one over, as a record holds them, as `ssh-keygen` needs them."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.trust.passkeys import enrolment_fault, read_enrolment
from licheng.core.dates import written
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, CHANGES, STUDENTS
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.statements import StudentPasskeyStatement
from licheng.core.student import Student
from licheng.core.trust import STUDENT_KEY_NAMESPACE, StatedChange
from licheng.policy import statements
from licheng.signing.allowed_signers import AllowedKey, allowed_signers
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.sources.emit import document

_KIND = BY_NAME["student-keys"]


def enrolment(student: Student, school: School, data: bytes, now: datetime, source: str) -> dict[str, Any]:
    """The entry of a student's enrolment, to be witnessed.

    Args:
        student: whose it has to be.
        school: with the keys of staff, which a student's is none of.
        data: the answer of the signing page: JSON of `student`, `repository` and `entry`.
        now: UTC.
        source: how errors call the file.

    Raises:
        UsageError: APP370, it is no enrolment; APP371, it is one of another student, school, time or signature; APP046,
            there is no genesis.
    """
    whose, repository, entry = read_enrolment(data, "student", "student-keys", source)
    stated = StudentPasskeyStatement.of({**entry, **entry["passkey"]}, repository=repository, student=whose)
    known = (*school.trust.keys, *student.keys)
    fault = enrolment_fault(stated, entry["proof"], STUDENT_KEY_NAMESPACE, known, school, now)
    if whose != student.id or fault is not None:
        raise UsageError("APP371", path=source, reason=fault or "other-student")
    return entry


def with_entry(student: Student, entry: dict[str, Any]) -> tuple[str, bytes]:
    """The record of a student's passkeys with one more, by its path."""
    return _written(student, [*_entries(student), entry])


def ended(student: Student, fingerprint: str, reason: str, at: datetime) -> tuple[str, bytes]:
    """The record of a student's passkeys, of which one signs nothing any more; what it signed before stays.

    Raises:
        UsageError: APP483, the student has no such passkey that has not ended.
    """
    entries = _entries(student)
    key = next((key for key in student.keys if key.fingerprint == fingerprint and key.valid_until is None), None)
    if key is None:
        raise UsageError("APP483", student=student.id, fingerprint=fingerprint)
    entries[key.index]["ended"] = {"at": written(at), "reason": reason}
    return _written(student, entries)


def digest_of(record: Record) -> str:
    """SHA-256 in hex of a record's bytes, which a statement names."""
    return hashlib.sha256(record.text.encode()).hexdigest()


def _entries(student: Student) -> list[dict[str, Any]]:
    record = student.one(_KIND.name)
    return copy.deepcopy(record.data["keys"]) if record is not None else []


def _written(student: Student, entries: list[dict[str, Any]]) -> tuple[str, bytes]:
    path = _KIND.path(cohort=str(student.cohort), student=student.id)
    return path, document(_KIND, path, {"kind": f"{_KIND.name}/v1", "keys": entries}).encode()


def signers(loaded: Loaded, student_id: str) -> str:
    """`allowed_signers` of one student, for stock `ssh-keygen`, with the statement by which the keys were witnessed.

    Raises:
        UsageError: APP484, there is no such student, or without a passkey; APP485, nobody witnessed what the record
            says now.
    """
    folders = (f"{cohort}/{student_id}" for cohort in loaded.tree.folders(STUDENTS))
    there = [folder for folder in folders if next(iter(loaded.tree.entries(f"{STUDENTS}/{folder}")), None) is not None]
    student = next(loaded.students(there[0]), None) if there else None
    record = student.one(_KIND.name) if student is not None else None
    if student is None or record is None:
        raise UsageError("APP484", student=student_id)
    digest = digest_of(record)
    stated = [
        change
        for change in _naming(record.path, loaded)
        if any((entry.path, entry.after) == (record.path, digest) for entry in change.entries)
        and statements.fault(change, loaded.school) is None
    ]
    if not stated:
        raise UsageError("APP485", student=student_id, path=record.path)
    lines = []
    for key in student.keys:
        public = parse_public_key(record.data["keys"][key.index]["public_key"], passkeys=True)
        endures = key.valid_until is None or key.valid_from <= key.valid_until
        if isinstance(public, PublicKey) and endures and statements.fault_of_key(key, student, loaded.school) is None:
            lines.append(AllowedKey(student_id, public, key.namespaces, key.valid_from, key.valid_until))
    return f"# {stated[-1].path}\n{allowed_signers(lines)}"


def _naming(path: str, loaded: Loaded) -> Iterator[StatedChange]:
    """The statements of staff that name a file; of the many others nothing is verified."""
    for entry in loaded.tree.entries(CHANGES):
        if entry.path.endswith(".json") and path.encode() in loaded.tree.read(entry):
            for _, part in loaded.changes(entry.path):
                yield from part
