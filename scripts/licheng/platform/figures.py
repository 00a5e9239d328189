"""The whole school in counts, for pages: of a student whose folders stay the same nothing is counted again."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

from licheng.app.status import Overview, Summary, added_up, summary
from licheng.core.errors import UsageError
from licheng.core.layout import CERTIFICATIONS, CHANGES, CONTENT, STUDENTS
from licheng.platform.school_view import MainView, folder_ids, student_at
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree

# What grows with every hand-in, and says nothing of how others are counted.
_OF_PEOPLE = frozenset(folder.removeprefix(f"{CONTENT}/") for folder in (STUDENTS, CERTIFICATIONS, CHANGES))


class StudentFigures(NamedTuple):
    """What is kept of one student: numbers, and whether there is a waiver.

    Attributes:
        ids: git ids of the student's folder and of that of the certifications; empty of what is not there.
    """

    ids: tuple[str, str]
    summary: Summary
    has_waiver: bool


class SchoolFigures(NamedTuple):
    """The school at one commit, on one day.

    Attributes:
        overview: as `licheng status` has it.
        waived: the students that have a waiver.
    """

    overview: Overview
    waived: tuple[str, ...]


class Figures:
    """What is counted of a school, by one thread at a time; only who asks for counts waits for it, and not for long.

    A school of thousands takes half a minute when nothing is known of it: after a start, a new day, a new rule.

    Args:
        repository: that pages are read from.
        patience: seconds that somebody waits for their turn, and as long again for the counts.
    """

    def __init__(self, repository: Path, patience: float = 10.0) -> None:
        self._repository = repository
        self._patience = patience
        self._alone = Lock()
        self._frame: tuple[object, ...] = ()
        self._students: dict[str, StudentFigures] = {}

    def of(self, view: MainView) -> SchoolFigures:
        """The figures of a view.

        Raises:
            UsageError: APP390, they are still being counted.
            LichengError: APP003, git failed.
        """
        if not self._alone.acquire(timeout=self._patience):
            raise UsageError("APP390")
        answer = Future[SchoolFigures]()

        def count() -> None:
            try:
                answer.set_result(self._count(view))
            except BaseException as error:  # whatever it is, whoever waits is told
                answer.set_exception(error)
            finally:
                self._alone.release()

        Thread(target=count, daemon=True).start()  # which goes on when nobody waits, but not when all ends
        try:
            return answer.result(self._patience)
        except TimeoutError:
            raise UsageError("APP390") from None

    def _count(self, view: MainView) -> SchoolFigures:
        # Folders are asked for one by one, as most are known; what is read of them is kept nowhere.
        with CommitTree(self._repository, view.tip, Readings(most=0)) as tree:
            others = ((node.name, node.id) for node in tree.listing(CONTENT) if node.name not in _OF_PEOPLE)
            frame = (view.school.today, *others)
            if frame != self._frame:  # a calendar, a rule, a key: everybody is counted anew
                self._frame, self._students = frame, {}
            students = dict[str, StudentFigures]()
            for student, below in view.folders.items():
                ids, known = folder_ids(tree, below), self._students.get(student)
                if known is None or known.ids != ids:
                    loaded = student_at(tree, below, view.school.trust)
                    known = StudentFigures(ids, summary(loaded, view.school), bool(loaded.waivers))
                students[student] = known
            self._students = students
        waived = tuple(student for student, figures in students.items() if figures.has_waiver)
        return SchoolFigures(added_up((figures.summary for figures in students.values()), view.school), waived)
