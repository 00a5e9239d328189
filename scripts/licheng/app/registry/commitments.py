"""Checks of basic data (檢核) and the registrar's identity table: what they commit to, and what of it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from licheng.app.registry.identities import open_table
from licheng.core.errors import UsageError
from licheng.core.person import Person
from licheng.core.term import Term
from licheng.policy.commitments import SINCE, SUBJECT, Held, commitment, held
from licheng.policy.enrolment import intervals
from licheng.sources.reading import read_student, students
from licheng.sources.tree import Tree

Rows = Mapping[str, Person]
_SHOWN = 20


def rows_of(path: Path | None, key: Path | None) -> Rows | None:
    """The table's rows by pseudonym; None where no table is given.

    Raises:
        UsageError: of `licheng.app.registry.identities.open_table`.
    """
    return {person.student: person for person in open_table(path, key).table.people} if path is not None else None


def commitments(rows: Rows | None, students: Sequence[str], subject: str, term: str) -> dict[str, str]:
    """What a check of each student commits to, 64 hex digits; empty where nothing is committed to.

    Of another subject, and of a term from before there were nonces, nothing is.

    Raises:
        UsageError: APP230, there is no table: nobody checks basic data without seeing them; APP231, no row of some
            students; APP232, no nonce of the term. The students are named, up to twenty.
    """
    if subject != SUBJECT or Term.parse(term).first_day < SINCE:
        return dict.fromkeys(students, "")
    if rows is None:
        raise UsageError("APP230", term=term)
    known = {student: commitment(rows[student], term) for student in students if student in rows}
    without_row = [student for student in students if student not in known]
    without_nonce = [student for student, committed in known.items() if committed is None]
    for code, lacking in (("APP231", without_row), ("APP232", without_nonce)):
        if lacking:
            raise UsageError(code, students=tuple(lacking[:_SHOWN]), count=len(lacking), term=term)
    return {student: committed or "" for student, committed in known.items()}


def holdings(tree: Tree, people: Iterable[Person], today: date, term: Term) -> dict[Held, list[str]]:
    """Pseudonyms by what their check of a term is worth: of all who have one, and of who was there and has none.

    Args:
        tree: the school; of each student the enrolment and that check are read.
        people: the table's rows.
        today: Asia/Taipei.
        term: whose checks.

    Raises:
        UsageError: APP234, one of those records cannot be read.
    """
    rows, ids = {person.student: person for person in people}, {state: list[str]() for state in Held}
    check = f"verifications/{term}/{SUBJECT}.yaml"
    for folder, entries in students(tree):
        wanted = [entry for entry in entries if entry.path.removeprefix(f"{folder}/") in {"student.yaml", check}]
        student, _ = read_student(tree, folder, wanted)
        for paths in student.broken.values():
            raise UsageError("APP234", path=paths[0])
        own, record = student.one("student"), student.record_at(f"{folder}/{check}")
        last = min(today, term.last_day)
        if record is not None or (own and any(each.overlaps(term.first_day, last) for each in intervals(own))):
            ids[held(rows.get(student.id), record, str(term))].append(student.id)
    return ids
