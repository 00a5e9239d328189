"""`licheng status`: one map over students that keeps small summaries, and a reduce that adds them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from licheng.app.loading.load import Progress, load, refuse_sealed
from licheng.app.shards.chunks import each
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy import duties
from licheng.policy.classes import class_of
from licheng.policy.deadlines import Deadline, deadlines
from licheng.policy.duties import DutyState
from licheng.policy.portfolio import Portfolio, portfolio
from licheng.policy.queue import Backlog, Waiting, backlog, waiting
from licheng.policy.receiving.progress import deadlines_of
from licheng.policy.status import Status, StudentCounts, Table, count, periods, public, public_day
from licheng.sources.history import History, commit_before
from licheng.sources.tree import CommitTree, Tree

# What one student adds to an overview.
Summary = tuple[duties.StudentDuties, list[Waiting], StudentCounts]


@dataclass(frozen=True)
class Overview:
    """Everything that can be asked of a school's state on a day: exact, for its own staff.

    Attributes:
        counts: by period and year level.
        duties: each row of 伍.五 in each term, and the registry's uploads.
        backlog: what waits for certification, by age.
        calendar: every deadline.
    """

    school: School
    counts: Status
    duties: tuple[DutyState, ...]
    backlog: Backlog
    calendar: tuple[Deadline, ...]


def read_school(tree: Tree, today: date) -> School:
    """The school without its students' records."""
    return load(tree, today).school


def status(tree: Tree, school: School) -> Status:
    """The exact counts of every term that has a calendar."""
    return Status.of(each(count, tree, school))


def overview(
    tree: Tree,
    school: School,
    changed: History | None = None,
    progress: Progress | None = None,
    jobs: int | None = 1,
) -> Overview:
    """The whole state, from one pass over the students.

    Args:
        tree: the school's files.
        school: what `read_school` made of them, and the day.
        changed: when files changed last; without it, an item's age counts from the opening of certification.
        progress: called with students done and their number.
        jobs: processes, as `licheng.app.shards.chunks.over`.
    """
    return added_up(each(summary, tree, school, jobs=jobs, progress=progress), school, changed)


def added_up(summaries: Iterable[Summary], school: School, changed: History | None = None) -> Overview:
    """The overview of summaries, one of each student; `changed` as in `overview`."""
    known, total, waits = changed or History(), duties.DutyProgress(), list[Waiting]()

    def counted() -> Iterator[StudentCounts]:
        for progressed, pending, counts in summaries:
            total.add(progressed)
            waits.extend(pending)
            yield counts

    counts = Status.of(counted())
    of_students = (*deadlines_of(total.receipts, school), *duties.sealing_deadlines(total.unsealed, school))
    calendar = (*deadlines(school), *of_students)
    return Overview(
        school,
        counts,
        duties.states(total, school, known.kinds),
        backlog(waits, lambda item: known.folders.get(item.item, item.opened), school.today),
        tuple(sorted(calendar, key=lambda each: each.closes)),
    )


def summary(student: Student, school: School) -> Summary:
    """What a student adds."""
    return duties.count(student, school), list(waiting(student, school)), count(student, school)


def portfolios(tree: Tree, school: School, term: Term, wanted: Mapping[str, str]) -> list[Portfolio]:
    """The portfolios of a class (`class`) or of one student (`student`) in a term, in the order of students.

    Raises:
        UsageError: APP120, there is no such student or class in that term; APP473, the student was sealed.
    """
    [(name, asked)] = wanted.items()
    value = class_of(asked, school) if name == "class" else asked
    below = f"{value[1:4]}/{value}" if name == "student" and value in school.students else ""
    every = each(partial(portfolio, term=term), tree, school, below=below)
    kept = [
        sheet
        for sheet in every
        if sheet is not None and value == (sheet.student if name == "student" else sheet.class_)
    ]
    if not kept:
        refuse_sealed(school, value)
        raise UsageError("APP120", name=f"--{name}", value=asked, term=str(term))
    return kept


def current_term(school: School, given: str | None) -> Term:
    """The term asked for, or the newest that has begun.

    Raises:
        UsageError: APP017, there is no calendar of that term.
    """
    known = sorted(school.calendars)
    if given is not None:
        terms = [term for term in known if str(term) == given]
    else:
        terms = [term for term in known if school.calendars[term].starts <= school.today] or known[:1]
    if not terms:
        raise UsageError("APP017", name="--term", value=given or "")
    return terms[-1]


def check_unit(school: School, unit: str) -> None:
    """Refuse a unit or post that the school does not have.

    Raises:
        UsageError: APP017.
    """
    if unit not in school.units | school.posts:
        raise UsageError("APP017", name="--unit", value=unit)


def table(status: Status, school: School, term: str | None = None) -> Table:
    """The status of one term and its school year, or of all.

    Raises:
        UsageError: APP017, there is no calendar of that term.
    """
    return status.table(periods(tuple(school.calendars) if term is None else (current_term(school, term),)))


def public_for(shown: Table, school: School) -> Table:
    """A table rounded by the rulebook in force.

    Raises:
        UsageError: APP017, no rulebook says how far to round.
    """
    book = school.rulebooks.on(school.today)
    if book is None:
        raise UsageError("APP017", name="--public", value=school.today.isoformat())
    return public(shown, book.minimum_cell)


def weekly(tree: Tree, root: Path, school: School, term: str | None = None) -> Table | None:
    """What may be published, the same on every day of a week: the records as they were when its Monday began.

    The records are read from the last commit before that Monday, as files do not know when they changed, and counted
    once. Without such a commit nothing is published. A demo school, whose clock stands still, is read as it lies.
    """
    monday = public_day(school.today)
    own = school.one("school")
    if own is not None and "demo" in own.data:
        return _public_of(tree, monday, term)
    commit = commit_before(root, monday)
    if commit is None:
        return None
    from licheng.app.shards.published import published_once  # a demo needs none

    def counted() -> Table:
        with CommitTree(root, commit) as past:
            return _public_of(past, monday, term)

    return published_once(tree.cache, commit, monday, term, counted)


def _public_of(tree: Tree, monday: date, term: str | None) -> Table:
    school = load(tree, monday, handbook=False).school
    return public_for(table(status(tree, school), school, term), school)
