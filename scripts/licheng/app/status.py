"""`licheng status`: a map over students that keeps counts only, and a reduce that adds them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from licheng.app.check import Progress
from licheng.core.errors import UsageError
from licheng.core.layout import home
from licheng.core.school import School
from licheng.policy.status import COUNTED, Status, StudentCounts, Table, count, periods, public
from licheng.sources import reading
from licheng.sources.tree import Entry, Tree


def read_school(tree: Tree, today: date) -> School:
    """The school without its students' records."""
    school, _ = reading.read_school(tree, today, students=reading.student_ids(tree))
    return school


def status(tree: Tree, school: School, progress: Progress | None = None) -> Status:
    """The exact status of every term that has a calendar; one student is held at a time, attachments are not read."""
    return Status.of(_counts(tree, school, progress))


def _counts(tree: Tree, school: School, progress: Progress | None) -> Iterator[StudentCounts]:
    terms, total = tuple(school.calendars), len(school.students)
    for done, (folder, entries) in enumerate(reading.students(tree), start=1):
        if folder:
            student, _ = reading.read_student(tree, folder, _counted(entries))
            yield count(student, terms, school.today)
        if progress is not None:
            progress(done, total)


def _counted(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        where = home(entry.path)
        if where is not None and where.kind.name in COUNTED:
            yield entry


def table(status: Status, school: School, term: str | None = None) -> Table:
    """The status of one term and its school year, or of all.

    Raises:
        UsageError: APP017, there is no calendar of that term.
    """
    terms = tuple(school.calendars)
    if term is not None:
        terms = tuple(known for known in terms if str(known) == term)
        if not terms:
            raise UsageError("APP017", name="--term", value=term)
    return status.table(periods(terms))


def public_for(shown: Table, school: School) -> Table:
    """A table rounded by the rulebook in force.

    Raises:
        UsageError: APP017, no rulebook says how far to round.
    """
    book = school.rulebooks.on(school.today)
    if book is None:
        raise UsageError("APP017", name="--public", value=school.today.isoformat())
    return public(shown, book.minimum_cell)
