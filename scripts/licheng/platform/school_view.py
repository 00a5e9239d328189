"""The school as main holds it, for pages: read from git objects of the platform's own bare clone, and never written.

The school is read once a commit and day, and students one by one as they are asked for. What is kept is bounded:
students as long as their own folders stay the same, the most recently asked for, with the readings of their files; and
of the school's files the readings that any reader of several commits has. Whoever reads, reads by git processes of
their own, so that nobody waits for another's student; what is handed out is frozen, and any number may look at it.
"""

from __future__ import annotations

import os
import subprocess
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import RLock
from typing import NamedTuple

from licheng.app.day import demo_day
from licheng.app.loading.load import load, load_student
from licheng.core.dates import TAIPEI
from licheng.core.errors import LichengError
from licheng.core.layout import CERTIFICATIONS, STUDENTS
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import FileFact, Student
from licheng.core.trust import Trust
from licheng.sources import reading
from licheng.sources.attachments import MAX_BYTES, pointer
from licheng.sources.git import Objects, run
from licheng.sources.lfs import LfsStore
from licheng.sources.shelf import Readings, Shelf
from licheng.sources.tree import REGULAR, CommitTree

MAIN = "refs/heads/main"
MOST_STUDENTS = 120  # a few classes
_MOST_OF_STUDENT = 256 << 10  # bytes of files whose readings are kept, as `Readings.most`
_MOST_IDLE = 16  # pairs of git processes that wait for the next question
# Folders and sizes that are remembered of all commits together: some tens of megabytes.
_MOST_KNOWN = 200_000


class _Key(NamedTuple):
    """All that reading a student depends on: the git ids of both folders, and what its signatures name."""

    own: str
    certifications: str
    repository: str | None


class _KnownStudent(NamedTuple):
    """A student, and what their files say."""

    student: Student
    readings: Readings


class Member(NamedTuple):
    """What is known of every student: enough to tell whom to read.

    Attributes:
        own: the record of enrolment; None where it cannot be read.
        sections: of courses taken: term, course, section.
    """

    own: Record | None
    sections: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, tree: CommitTree, folder: str) -> Member:
        """Of the student whose folder that is."""
        terms = tree.folders(f"{folder}/terms")
        places = [f"{folder}/student.yaml", *(f"{folder}/terms/{term}/courses.yaml" for term in terms)]
        student, _ = reading.read_student(tree, folder, (entry for place in places for entry in tree.entries(place)))
        taken = (
            (record.identity["term"], course["course"], course["section"])
            for record in student.of("course-records")
            for course in record.data["courses"]
        )
        return cls(student.one("student"), frozenset(taken))


@dataclass(frozen=True, eq=False)
class MainView:
    """The school at one commit, on one day.

    Attributes:
        tip: the commit's id.
        school: with `today`, the day on which it is looked at, Asia/Taipei.
        shelf: what was read of the school's files.
        folders: of each student, by id: `113/s1139907`.
    """

    tip: str
    school: School
    shelf: Shelf
    folders: Mapping[str, str]
    _view: SchoolView

    def student(self, student: str) -> Student | None:
        """One student; None of an id that nobody has."""
        return self._view.read_student(self, student)

    @contextmanager
    def tree(self, student: str = "") -> Iterator[CommitTree]:
        """The files of the commit, for somebody who looks at a student's or the school's; nobody waits for it."""
        with self._view.open_tree(self, student) as tree:
            yield tree

    def students(self, ids: Iterable[str] | None = None) -> Iterator[Student]:
        """Those of some ids, or all, one at a time in the order of their folders."""
        wanted = self.folders if ids is None else set(ids)
        for student in self.folders:
            if student in wanted and (loaded := self.student(student)) is not None:
                yield loaded

    def members(self) -> Mapping[str, Member]:
        """All students by id, in the order of their folders."""
        return self._view.read_members(self)

    def content(self, file: FileFact) -> bytes | None:
        """The bytes of an attachment, be it a file of the commit or a Git LFS object; None where they are not here."""
        return self._view.read_file(self, file)


class SchoolView:
    """What main holds.

    Args:
        repository: bare, the platform's own.
        clock: the moment, with its time zone.
        store: of Git LFS objects; the repository's own if None.
    """

    def __init__(self, repository: Path, clock: Callable[[], datetime], store: LfsStore | None = None) -> None:
        self._repository = repository
        self._main = repository / MAIN
        self._clock = clock
        self._store = store
        self._alone = RLock()
        self._readings = Readings()
        self._open: list[Objects] = []  # those that nobody is asking
        weakref.finalize(self, _end, self._open, os.getpid())
        self._known: tuple[date, MainView] | None = None  # with the clock's day that it was read for
        self._members: dict[str, Member] = {}
        self._students: OrderedDict[_Key, _KnownStudent] = OrderedDict()

    def fetch(self, remote: str, ssh: str = "") -> str:
        """Bring main here, whole or not at all; the id of its commit.

        Args:
            remote: an SSH address, or the path of a repository on this machine.
            ssh: the command that logs in there, as `GIT_SSH_COMMAND` takes it.

        Raises:
            LichengError: APP322, the server cannot be reached, or has no such branch.
        """
        environment = {"GIT_SSH_COMMAND": ssh} if ssh else {}
        environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        if not (self._repository / "HEAD").is_file():
            run(self._repository.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(self._repository))
        command = ["git", "-C", str(self._repository), "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]
        done = subprocess.run(
            [*command, "--", remote, f"+{MAIN}:{MAIN}"],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise LichengError("APP322", detail=done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])
        return self._tip()

    def unchanged(self) -> MainView | None:
        """The school as it was last read, if main and the day are the same; None where it must be asked for by `now`.

        That takes one small file: where git keeps main in another way, it is not known here.
        """
        return self._unchanged(self._today())

    def _unchanged(self, today: date) -> MainView | None:
        known = self._known
        if known is None or known[0] != today:
            return None
        try:
            tip = self._main.read_bytes()
        except OSError:
            return None
        return known[1] if tip.rstrip() == known[1].tip.encode() else None

    def now(self) -> MainView:
        """The school at main's tip, today; a demo's is the day on which its clock stands still.

        Raises:
            LichengError: APP322, nothing has been fetched yet.
        """
        today = self._today()
        if (unchanged := self._unchanged(today)) is not None:
            return unchanged
        tip = self._tip()
        with self._alone:
            if self._known is None or (self._known[0], self._known[1].tip) != (today, tip):
                if len(self._readings.folders) + len(self._readings.sizes) > _MOST_KNOWN:
                    self._readings = Readings()
                with self._reading(tip) as tree:
                    loaded = load(tree, demo_day(tree) or today, handbook=False)
                    of_cohorts = ((cohort, tree.folders(f"{STUDENTS}/{cohort}")) for cohort in tree.folders(STUDENTS))
                    folders = {student: f"{cohort}/{student}" for cohort, ids in of_cohorts for student in ids}
                _ = loaded.school.account_of  # looked through here, once a main, and not where everybody waits
                self._known = today, MainView(tip, loaded.school, loaded.shelf, folders, self)
            return self._known[1]

    def _today(self) -> date:
        return self._clock().astimezone(TAIPEI).date()

    def close(self) -> None:
        """End the git processes; the next look starts them anew. They end as well with whoever has this."""
        with self._alone:
            _end(self._open, os.getpid())

    def read_student(self, view: MainView, student: str) -> Student | None:
        """See `MainView.student`."""
        known = self._known_student(view, student)
        return known.student if known is not None else None

    def _known_student(self, view: MainView, student: str) -> _KnownStudent | None:
        below = view.folders.get(student)
        if below is None:
            return None
        with self._reading(view.tip) as tree:
            key = _Key(*folder_ids(tree, below), view.school.trust.repository)
            with self._alone:
                if key in self._students:
                    self._students.move_to_end(key)
                    return self._students[key]
            tree.readings = Readings(_MOST_OF_STUDENT)
            known = _KnownStudent(student_at(tree, below, view.school.trust), tree.readings)
        # What a pointer names may come later.
        if any(file.pointer and file.head is None for file in known.student.files.values()):
            return known
        with self._alone:
            known = self._students.setdefault(key, known)
            if len(self._students) > MOST_STUDENTS:
                self._students.popitem(last=False)
        return known

    @contextmanager
    def open_tree(self, view: MainView, student: str) -> Iterator[CommitTree]:
        """See `MainView.tree`."""
        known = self._known_student(view, student)
        with self._reading(view.tip) as tree:
            # What is read for one page is not kept with what the school is read from.
            tree.readings = known.readings if known is not None else Readings(_MOST_OF_STUDENT)
            yield tree

    def read_members(self, view: MainView) -> Mapping[str, Member]:
        """See `MainView.members`: those whose folders are the same are not read again."""
        with self._alone, self._reading(view.tip) as tree:
            ids = {
                node.name: node.id for cohort in tree.folders(STUDENTS) for node in tree.listing(f"{STUDENTS}/{cohort}")
            }
            self._members = {
                ids[student]: self._members.get(ids[student]) or Member.of(tree, f"{STUDENTS}/{below}")
                for student, below in view.folders.items()
            }
            return {student: self._members[ids[student]] for student in view.folders}

    def read_file(self, view: MainView, file: FileFact) -> bytes | None:
        """See `MainView.content`."""
        with self._reading(view.tip) as tree:
            entry = next(tree.entries(file.path), None)
            if entry is None or entry.path != file.path or entry.mode != REGULAR or entry.size > MAX_BYTES:
                return None
            data = tree.read(entry)
        named = pointer(data)
        if named is None:
            return data
        if tree.lfs_store is None or named.size > MAX_BYTES or tree.lfs_store.size(named.oid) != named.size:
            return None
        return tree.lfs_store.path(named.oid).read_bytes()

    def _tip(self) -> str:
        if not (self._repository / "HEAD").is_file():
            raise LichengError("APP322", detail="-")
        with self._asking() as objects:
            tip = objects.resolve(f"{MAIN}^{{commit}}")
        if tip is None:
            raise LichengError("APP322", detail="-")
        return tip

    @contextmanager
    def _reading(self, tip: str) -> Iterator[CommitTree]:
        """The files of a commit."""
        with self._asking() as objects:
            tree = CommitTree(self._repository, tip, self._readings, objects)
            if self._store is not None:
                tree.lfs_store = self._store
            yield tree

    @contextmanager
    def _asking(self) -> Iterator[Objects]:
        """Git processes that stay open, for one thread at a time.

        They are started anew where one has ended, or where what was asked of it may not have been read to its end.
        """
        try:
            objects = self._open.pop()
        except IndexError:
            objects = Objects(self._repository)
        if not objects.is_alive:
            _end([objects], os.getpid())
            objects = Objects(self._repository)
        try:
            yield objects
        except BaseException:
            _end([objects], os.getpid())
            raise
        if len(self._open) < _MOST_IDLE:
            self._open.append(objects)
        else:
            _end([objects], os.getpid())


def folder_ids(tree: CommitTree, below: str) -> tuple[str, str]:
    """The git ids of a student's folder and of that of the certifications; empty of what is not there.

    Args:
        tree: of the school.
        below: the student's folder, as `MainView.folders` has it.
    """
    cohort, _, student = below.partition("/")
    own, certifications = (
        next((node.id for node in tree.listing(f"{top}/{cohort}") if node.name == student), "")
        for top in (STUDENTS, CERTIFICATIONS)
    )
    return own, certifications


def student_at(tree: CommitTree, below: str, trusted: Trust) -> Student:
    """A student as a commit has them.

    Args:
        tree: of the school.
        below: the student's folder, as `MainView.folders` has it.
        trusted: whose signatures count.
    """
    folder = f"{STUDENTS}/{below}"
    entries = next((entries for name, entries in reading.students(tree, below) if name == folder), [])
    student, _ = load_student(tree, folder, entries, trusted)
    return student


def _end(opened: list[Objects], owner: int) -> None:
    """End what was opened; in a fork of its owner the processes are not ours, and waiting for them has no end."""
    while opened and os.getpid() == owner:
        opened.pop().__exit__(None, None, None)
