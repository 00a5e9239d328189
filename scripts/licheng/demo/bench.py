"""The planter's bench: one student's files, and fresh records to spoil.

Most faults are planted in a record that is new: nothing else names it, so one fault causes one finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from licheng.demo import registry, works
from licheng.demo.certify import Ledger
from licheng.demo.courses import offered, taken
from licheng.demo.desk import Desk
from licheng.demo.pen import Pen, Style
from licheng.demo.people import Cast, Stay, Student
from licheng.demo.works import Work

# How many works or consultations are thought of before a new one is found.
_TRIES = 20


@dataclass(frozen=True)
class Planting:
    """What one fault changes, where a check should find it, and who does it if not the student."""

    files: Mapping[str, bytes]
    path: str
    line: int
    author: str = ""


@dataclass(frozen=True)
class Bench:
    """One student, what stands in the repository, and the means to write more.

    Attributes:
        cast: Everybody in the school.
        style: How the plan is written.
        student: Whose portfolio may be spoilt.
        tree: The final tree of the clean plan.
        others: The students whose portfolios may still be spoilt too.
        ledger: What was signed; None where nothing was.
    """

    cast: Cast
    style: Style
    student: Student
    tree: Mapping[str, bytes]
    others: tuple[Student, ...]
    ledger: Ledger | None = None

    @property
    def stay(self) -> Stay:
        """The student's last term."""
        return self.student.stays[-1]

    def of(self, student: Student) -> Bench:
        """Return the bench of another student."""
        return Bench(self.cast, self.style, student, self.tree, (), self.ledger)

    def outputs(self, submitted: bool) -> list[str]:
        """Return the paths of the course outputs of the last term that are submitted, or that are not."""
        specials = self.ledger.specials if self.ledger else ()
        # What was returned or whose certification was revoked counts for no quota.
        sent_back = {f"{special.item}/item.md" for special in specials if special.state in {"returned", "revoked"}}
        outputs = self._items(f"terms/{self.stay.term.id}/outputs", submitted)
        return [path for path in outputs if path not in sent_back]

    def activities(self, submitted: bool) -> list[str]:
        """Return the paths of the activities of the last school year that are submitted, or that are not."""
        return self._items(f"years/{self.stay.term.year}/activities", submitted)

    def fresh_outputs(self, number: int, *, submitted: bool = False) -> list[Work]:
        """Return new course outputs of the last term; only submitted ones have files."""
        pen = self._pen()
        outputs = (works.output(pen, self.stay, place, submitted=submitted) for place in range(_TRIES))
        return self._unused(outputs, number)

    def fresh_activities(self, number: int, *, submitted: bool = False) -> list[Work]:
        """Return new activities of the last term."""
        pen = self._pen()
        activities = (works.activity(pen, self.stay, place, submitted=submitted) for place in range(_TRIES))
        return self._unused(activities, number)

    def fresh_consultation(self) -> tuple[str, str]:
        """Return the path and the text of a new record of a consultation."""
        pen = self._pen()
        for number in range(3, _TRIES):
            registry.consultation(pen, self.stay, number)
        unused = (path for path in pen.records if self.path(path) not in self.tree)
        path = next(unused)
        return self.path(path), pen.records[path].decode()

    def course_not_taken(self) -> str:
        """Return a course of the last term that the student does not take."""
        own = {course.id for course in taken(self.student, self.stay, self.style.seed)}
        return next(course.id for course in reversed(offered(self.stay.term)) if course.id not in own)

    def path(self, below: str) -> str:
        """Return a path below the student's folder from the top of the repository."""
        return f"{self.student.folder}/{below}"

    def _pen(self) -> Pen:
        return Pen(Desk(), self.cast, self.style, self.student)

    def _unused(self, candidates: Iterable[Work], number: int) -> list[Work]:
        """Return the first works whose folder no item takes."""
        unused = (work for work in candidates if self.path(f"{work.folder}/item.md") not in self.tree)
        return list(islice(unused, number))

    def _items(self, below: str, submitted: bool) -> list[str]:
        start, mark = self.path(f"{below}/"), f"\nsubmitted: {str(submitted).lower()}\n".encode()
        return [path for path, data in self.tree.items() if path.startswith(start) and mark in data]
