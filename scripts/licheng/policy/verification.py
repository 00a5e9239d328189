"""Verifications (檢核): which files a subject covers, the digest over them, and whether a check is of what is there.

伍.五: 每學期並須再次檢核確認. A verification lists the files that were looked at and the SHA-256 of each; its digest is
over that list, so no history is needed to recompute it. `sha256sum FILES | sha256sum` in the student's folder gives
the same. One of 基本資料 also commits to the student's row of the identity table, which is a line more of that list:
`{ sha256sum FILES; echo "COMMITMENT  @commitment"; } | sha256sum`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from licheng.core.dates import day
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.commitments import commitment_of, is_degenerate, is_misplaced, lacks_commitment

# A pattern of what else may belong to a subject, below the student's folder.
_BESIDE = {"statement": r"statement/[^/]+"}
# The commitment's name in what is digested: no file of a student can have it.
_COMMITMENT = "@commitment"


class Standing(StrEnum):
    """What a verification is worth."""

    NOTHING = "nothing"  # the record that it is about is not there
    FOREIGN = "foreign"  # it lists other files than those of its subject
    FALSE = "false"  # its digest is not that of its list
    UNBOUND = "unbound"  # nothing ties it to a row of the identity table, or what does is made up
    STALE = "stale"  # what it lists has changed since
    CURRENT = "current"


def record_path(subject: str, term: str) -> str:
    """The record that a subject is about, below the student's folder: of its kind, where basic data are readable."""
    kind = BY_NAME["student" if subject == "basic-data" else subject]
    return kind.template.split("/", 3)[3].format(term=term)


def covered(subject: str, term: str, student: Student) -> dict[str, str]:
    """The files of a subject as they are now: SHA-256 in hex by name below the student's folder, sorted.

    A digest is empty where the file is too large to be read.
    """
    main = record_path(subject, term)
    record = student.record_at(f"{student.folder}/{main}")
    digests = {main: hashlib.sha256(record.text.encode()).hexdigest()} if record is not None else {}
    if subject == "statement":
        folder = f"{student.folder}/statement"
        digests |= {f"statement/{file.name}": file.sha256 or "" for file in student.files_in(folder)}
    return dict(sorted(digests.items()))


def covered_by(record: Record, student: Student) -> dict[str, str]:
    """The files that a verification should be of, as they are now."""
    return covered(record.identity["subject"], record.identity["term"], student)


def listed(record: Record) -> dict[str, str]:
    """The files that a verification lists, by name."""
    return {entry["name"]: entry["sha256"] for entry in record.data["files"]}


def digest_of(files: Mapping[str, str], commitment: str = "") -> str:
    """SHA-256 over a line `digest, two blanks, name` for each file, in the order of names: what `sha256sum` prints.

    A commitment is the last line, as if it were the digest of a file called `@commitment`.
    """
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    lines += f"{commitment}  {_COMMITMENT}\n" if commitment else ""
    return hashlib.sha256(lines.encode()).hexdigest()


def recomputed(record: Record) -> str:
    """The digest that a verification should have."""
    return digest_of(listed(record), commitment_of(record))


def first_on(record: Record) -> date:
    """The day of the first check, which another check after a change keeps."""
    return day(record.data.get("first_on", record.data["on"]))


def foreign(record: Record) -> tuple[str, ...]:
    """Names that a verification should not list, or lists twice; or the record's own where that is not listed."""
    subject, main = record.identity["subject"], record_path(record.identity["subject"], record.identity["term"])
    names = [entry["name"] for entry in record.data["files"]]
    others = {name for name in names if name != main and not re.fullmatch(_BESIDE.get(subject, "(?!)"), name)}
    twice = {name for name in names if names.count(name) > 1}
    return tuple(sorted(others | twice | ({main} - {*names})))


def differing(record: Record, student: Student) -> tuple[str, ...]:
    """The names of the files that are not as they were listed: changed, added or gone."""
    return tuple(sorted({name for name, _ in {*covered_by(record, student).items()} ^ {*listed(record).items()}}))


def standing(record: Record, student: Student, school: School) -> Standing:
    """What a verification is worth today; the first thing that is wrong."""
    now = covered_by(record, student)
    if record_path(record.identity["subject"], record.identity["term"]) not in now:
        return Standing.NOTHING
    if foreign(record):
        return Standing.FOREIGN
    if recomputed(record) != record.data["digest"]:
        return Standing.FALSE
    if lacks_commitment(record) or is_degenerate(record) or is_misplaced(record):
        return Standing.UNBOUND
    return Standing.STALE if now != listed(record) and not _succeeded(record, student, school) else Standing.CURRENT


def _succeeded(record: Record, student: Student, school: School) -> bool:
    """Whether what changes now is for a later check to see.

    Basic data are checked again each term, so what changes after the last day of lessons (休業式) belongs to the next
    term; a statement is one for all terms, so the latest check of it is the one that counts. Course records are a
    term's own for ever.
    """
    term, subject = record.term, record.identity["subject"]
    assert term is not None  # noqa: S101 - a verification's path has a term
    if subject == "basic-data":
        calendar = school.calendars.get(term)
        return (calendar.closing if calendar is not None else term.last_day) < school.today
    later = (other for other in student.of("verification") if other.identity["subject"] == subject)
    return subject == "statement" and any(other.term is not None and other.term > term for other in later)
