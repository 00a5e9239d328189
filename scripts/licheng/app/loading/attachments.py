"""The inspection of a student's attachments: which file is of which type, where its bytes are, what was found."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace

from licheng.core.inspection import ABSENT, ALTERED, Flaw
from licheng.core.school import School
from licheng.core.student import FileFact, Student
from licheng.policy.attachments import FileType, allowed_types, type_of_name
from licheng.policy.periods import judged_term
from licheng.sources.inspection import Inspection
from licheng.sources.tree import Entry, Tree
from licheng.sources.verdicts import Verdicts


def inspected(
    student: Student,
    school: School,
    tree: Tree,
    entries: Iterable[Entry],
    verdicts: Verdicts,
    only: Collection[str] | None = None,
) -> Student:
    """The student with the flaws of every listed attachment that the agency would take.

    Args:
        student: as read, not yet inspected.
        school: holds the agency's rules.
        tree: where the bytes are.
        entries: the student's entries of that tree.
        verdicts: what is known already.
        only: paths to look at; None for all.

    Raises:
        SpentError: the verdicts have a budget, and the files are over it.
    """
    at = {entry.path: entry for entry in entries}
    files = dict(student.files)
    for record in student.items:
        types = allowed_types(school.agency, judged_term(record, school.today), student.cohort)
        listed = {f"{record.folder}/{entry['name']}" for entry in record.data["attachments"]}
        for path in sorted(listed & student.files.keys()):
            file = student.files[path]
            kind = type_of_name(types, file.name)
            if kind is not None and (only is None or path in only):
                inspection = _inspection(file, at[path], kind, tree, verdicts)
                if inspection is not None:
                    files[path] = file._replace(flaws=inspection.flaws, program=inspection.program)
    return replace(student, files=files)


def _inspection(file: FileFact, entry: Entry, kind: FileType, tree: Tree, verdicts: Verdicts) -> Inspection | None:
    """None where other rules tell what is wrong with the file, or an ordinary clone has not fetched the object."""
    if file.pointer and file.head is None:
        complete = tree.lfs_store is not None and tree.lfs_store.complete
        return Inspection((Flaw(ABSENT, "object-absent"),)) if complete else None
    if file.sha256 is None or file.head is None or file.size > kind.max_bytes or not kind.matches(file.head):
        return None
    if not file.pointer:
        return verdicts.inspection(file.sha256, kind, lambda: tree.read(entry))
    # A pointer only claims its object's digest and size; both are compared with what lies there.
    data = (tree.lfs_store and tree.lfs_store.head(file.sha256, kind.max_bytes + 1)) or b""
    if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        return Inspection((Flaw(ALTERED, "object-altered"),))
    return verdicts.inspection(file.sha256, kind, lambda: data)
