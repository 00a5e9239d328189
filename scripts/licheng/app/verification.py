"""What a check (檢核) says of itself: its files, the row that it commits to, and the digest over both (伍.五).

One at a time, as a draft fills it in, or of a class, a cohort or the whole school at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from licheng.app.registry.commitments import Rows, commitments
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, STUDENTS
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.enrolment import intervals, level_and_class
from licheng.policy.verification import covered, digest_of, record_path
from licheng.sources.emit import document
from licheng.sources.reading import read_student, students
from licheng.sources.tree import Tree
from licheng.storage.plan import Plan

# Their one file is the school's own; a statement is looked at one by one, with its attachments.
IN_BULK = ("basic-data", "course-records")
_KIND = BY_NAME["verification"]


@dataclass(frozen=True)
class ChecksAsked:
    """What is checked, of whom and by whom.

    Attributes:
        subject: one of `IN_BULK`.
        term: `115-1`.
        post: in which it is checked.
        by: staff id.
        class_: of one class alone; empty for all.
        cohort: of one school year of entry alone; 0 for all.
    """

    subject: str
    term: str
    post: str
    by: str
    class_: str = ""
    cohort: int = 0

    def identity(self, student: Student) -> dict[str, str]:
        """The path's parts of a student's check."""
        return {"cohort": str(student.cohort), "student": student.id, "term": self.term, "subject": self.subject}


class Checks(NamedTuple):
    """The files of the checks that are written, and how many students have one already that is of what is there."""

    plan: Plan
    current: int


def computed(tree: Tree, identity: Mapping[str, str], rows: Rows | None) -> dict[str, Any]:
    """The fields that nobody has to compute, of the files as they are; the list is empty where nothing is there.

    Args:
        tree: the school.
        identity: the parts of the check's path.
        rows: of the identity table, which basic data are checked by.

    Raises:
        UsageError: of `commitments`.
    """
    folder = f"{STUDENTS}/{identity['cohort']}/{identity['student']}"
    student, _ = read_student(tree, folder, tree.entries(folder))
    committed = commitments(rows, [student.id], identity["subject"], identity["term"])
    return _fields(student, identity, committed[student.id])


def replaced(tree: Tree, path: str, fields: Mapping[str, Any]) -> dict[str, bytes]:
    """The check that a new one takes the place of, by its path: one of other files or another row than those of now."""
    digest = f"digest: {fields['digest']}\n".encode()
    texts = {entry.path: tree.read(entry) for entry in tree.entries(path) if entry.path == path}
    return {path: text for path, text in texts.items() if digest not in text}


def checks(tree: Tree, today: date, asked: ChecksAsked, rows: Rows | None) -> Checks:
    """A check of every student of the term who was asked for; who has a current one keeps it.

    Of those who have left since, only whom the table still has: their row may be destroyed by now.

    Raises:
        UsageError: APP233, nobody was asked for; APP234, a record cannot be read; of `commitments`.
    """
    enrolled = [student for student, is_here in _of_term(tree, today, asked) if is_here or student.id in (rows or ())]
    if not enrolled:
        raise UsageError("APP233", term=asked.term, category=asked.subject)
    committed = commitments(rows, [student.id for student in enrolled], asked.subject, asked.term)
    creates, replaces, current = dict[str, bytes](), dict[str, tuple[bytes, bytes]](), 0
    for student in enrolled:
        fields = _fields(student, asked.identity(student), committed[student.id])
        path = _KIND.path(**asked.identity(student))
        head = {"kind": f"{_KIND.name}/v1", "post": asked.post, "by": asked.by, "on": today.isoformat()}
        text, there = document(_KIND, path, {**head, **fields}).encode(), student.record_at(path)
        if there is None:
            creates[path] = text
        elif there.data["digest"] == fields["digest"]:
            current += 1
        else:
            replaces[path] = (there.text.encode(), text)
    return Checks(Plan(creates=creates, replaces=replaces), current)


def _fields(student: Student, identity: Mapping[str, str], commitment: str) -> dict[str, Any]:
    """In the order of the schema."""
    files = covered(identity["subject"], identity["term"], student)
    earlier = student.record_at(_KIND.path(**identity))
    return {
        **({} if earlier is None else {"first_on": earlier.data.get("first_on", earlier.data["on"])}),
        "files": [{"name": name, "sha256": digest} for name, digest in files.items()],
        **({"commitment": commitment} if commitment else {}),
        "digest": digest_of(files, commitment),
    }


def _of_term(tree: Tree, today: date, asked: ChecksAsked) -> Iterator[tuple[Student, bool]]:
    """The students asked for who have what is checked, and whether they are at the school today.

    Read are the enrolment, that record and the check alone.
    """
    term = Term.parse(asked.term)
    first, last = term.first_day, min(today, term.last_day)
    main = record_path(asked.subject, asked.term)
    names = {"student.yaml", main, f"verifications/{asked.term}/{asked.subject}.yaml"}
    for folder, entries in students(tree, str(asked.cohort or "")):
        wanted = [entry for entry in entries if entry.path.removeprefix(f"{folder}/") in names]
        student, _ = read_student(tree, folder, wanted)
        for paths in student.broken.values():
            raise UsageError("APP234", path=paths[0])
        own, there = student.one("student"), student.record_at(f"{folder}/{main}")
        if own is None or there is None or not any(each.overlaps(first, last) for each in intervals(own)):
            continue
        if asked.class_ in {"", (level_and_class(own, today) or (0, ""))[1]}:
            yield student, any(each.overlaps(today, today) for each in intervals(own))
