"""A school and its students from a tree, with what was signed already verified: where most commands begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain, groupby
from typing import NamedTuple

from licheng.app.loading import signed
from licheng.core.errors import UsageError
from licheng.core.layout import CHANGES, STUDENTS, student_folder
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import StatedChange, Trust
from licheng.policy import keys
from licheng.sources import reading
from licheng.sources.shelf import Shelf
from licheng.sources.tree import Entry, Tree

# Told after each student: how many are done, of how many.
Progress = Callable[[int, int], None]


class Loaded(NamedTuple):
    """A school, and its students one at a time."""

    tree: Tree
    school: School
    shelf: Shelf

    def students(self, below: str = "") -> Iterator[Student]:
        """Students in the order of their folders; `below` names a cohort or one student (`113/s1139907`)."""
        for student, _ in self.shelves(below):
            yield student

    def shelves(self, below: str = "") -> Iterator[tuple[Student, list[Entry]]]:
        """As `students`, each with all of its files."""
        for folder, entries in reading.students(self.tree, below):
            if folder:
                yield load_student(self.tree, folder, entries, self.school.trust)[0], entries

    def changes(self, *below: str) -> Iterator[tuple[Shelf, tuple[StatedChange, ...]]]:
        """What staff signed of their changes, folder by folder: a school has too many to hold them all.

        Args:
            below: folders or payloads from the root; nothing for all.
        """
        for path in below or (CHANGES,):
            beside = self.tree.entries(f"{path}.sig") if path.endswith(".json") else ()
            entries = chain(self.tree.entries(path), beside)
            for _, here in groupby(entries, key=lambda entry: entry.path.rpartition("/")[0]):
                shelf = reading.read(self.tree, here)
                yield shelf, signed.changes(shelf)

    def signatures(self) -> Iterator[keys.Signed]:
        """Everything signed that the school holds: what the end of a key may list."""
        stated = tuple(change for _, part in self.changes() for change in part)
        return keys.signed(replace(self.school.trust, changes=stated), self.students())

    def owner(self, folder: str) -> tuple[Student, str]:
        """Whose item lies in a folder, and the folder below the student's.

        Raises:
            UsageError: APP011, the student has no item there; APP473, the student was sealed.
        """
        path = folder.removesuffix("/item.md").rstrip("/")
        top = student_folder(path + "/")
        if top is not None:
            for student in self.students(top.removeprefix(f"{STUDENTS}/")):
                if any(record.folder == path for record in student.items):
                    return student, path.removeprefix(f"{top}/")
            refuse_sealed(self.school, top.rpartition("/")[2])
        raise UsageError("APP011", path=folder)

    def item(self, folder: str) -> tuple[Student, Record]:
        """The course output of that folder (or of its `item.md`), from the root, and whose it is.

        Raises:
            UsageError: APP011, there is none; APP013, it cannot be read.
        """
        path = folder.removesuffix("/item.md").rstrip("/")
        owner = student_folder(path + "/")
        if owner is None:
            raise UsageError("APP011", path=folder)
        for student in self.students(owner.removeprefix(f"{STUDENTS}/")):
            for record in student.of("course-output"):
                if record.folder == path:
                    return student, record
            if f"{path}/item.md" in student.broken.get("course-output", ()):
                raise UsageError("APP013", path=folder)
        raise UsageError("APP011", path=folder)


def refuse_sealed(school: School, student: str) -> None:
    """Tell of a student whose records were sealed (肆.四) that they were, and not that there is none.

    Raises:
        UsageError: APP473.
    """
    for seal in school.of("seal"):
        if seal.identity["student"] == student:
            raise UsageError("APP473", student=student, on=seal.data["on"], seal=seal.path)


def load_student(tree: Tree, folder: str, entries: Iterable[Entry], trusted: Trust) -> tuple[Student, Shelf]:
    """One student, with all that is signed about what the student has."""
    student, shelf = reading.read_student(tree, folder, entries)
    events = signed.events(shelf)
    repository = trusted.repository or ""
    waivers = tuple(signed.waiver(record, repository) for record in student.of("waiver"))
    claims = tuple(signed.claim(record, repository) for record in student.of("claim"))
    record, stated = student.one("student-keys"), signed.hand_ins(shelf)
    keys = tuple(signed.student_keys(record, repository)) if record is not None else ()
    texts = (*student.texts, *signed.words(events))
    student = replace(student, events=events, waivers=waivers, claims=claims, texts=texts, keys=keys, stated=stated)
    return student, shelf


def load(tree: Tree, today: date, names: frozenset[str] = frozenset(), *, handbook: bool = True) -> Loaded:
    """Read the school, with its handbook's pages or without; students are read when they are asked for."""
    students = reading.student_ids(tree)
    school, shelf = reading.read_school(tree, today, students=students, names=names, handbook=handbook)
    trusted = signed.read_trust(school, shelf)
    texts = (*school.texts, *signed.words((), trusted.delegations))
    return Loaded(tree, replace(school, trust=trusted, texts=texts), shelf)
