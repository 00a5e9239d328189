"""`licheng check`: read a tree, judge it student by student, reduce the summaries, locate what was found.

A map over students and a small reduce: memory holds one student at a time, the school, and the summaries. The map may
run in several processes; the reduce is in the order of paths, so that the report is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain, islice

from licheng.app.loading.attachments import inspected
from licheng.app.loading.load import Loaded, load
from licheng.app.loading.load import student as load_student
from licheng.core.errors import UsageError
from licheng.core.finding import Finding
from licheng.core.layout import CERTIFICATIONS, CONTENT, HANDBOOK, STUDENTS, folders_of, student_folder
from licheng.core.location import Location, Place
from licheng.core.report import LocatedFinding, Report, SkipCount
from licheng.core.school import School
from licheng.policy.duplicates import FileUse, uses
from licheng.rules.engine import Outcomes, judge_across, judge_school, judge_student
from licheng.sources import handbook, reading, yaml
from licheng.sources.markdown import yaml_span
from licheng.sources.reading import Shelf
from licheng.sources.tree import Entry, Tree
from licheng.sources.verdicts import Verdicts

PARTIAL = "partial-check"
RULEBOOK = "RBK"

# Files in a chunk, about a tenth of a second's work, and chunks that one process has done while others would start.
FILES = 400
FEW = 12

Progress = Callable[[int, int], None]
Shard = tuple[str, list[Entry]]


@dataclass(frozen=True)
class Scope:
    """What a check looks at: everything, or what lies below some paths."""

    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[str]) -> Scope:
        """Paths from the repository's root; `content` is everything.

        Raises:
            UsageError: APP004, a path is not below `content/`.
        """
        cleaned = tuple(sorted({path.strip("/") if path not in {".", ""} else CONTENT for path in paths}))
        for path in cleaned:
            if path != CONTENT and not path.startswith(CONTENT + "/"):
                raise UsageError("APP004", path=path)
        return cls(() if CONTENT in cleaned else cleaned)

    @cached_property
    def _tops(self) -> frozenset[str]:
        return frozenset(self.paths)

    @cached_property
    def _above(self) -> frozenset[str]:
        return frozenset(folder for top in self.paths for folder in folders_of(top))

    def covers(self, path: str) -> bool:
        """Whether findings at a path are asked for."""
        return not self.paths or path in self._tops or not self._tops.isdisjoint(folders_of(path))

    def touches(self, path: str) -> bool:
        """Whether a path is asked for, or something below it."""
        return self.covers(path) or path in self._above

    def students(self) -> tuple[str, ...]:
        """What to read of the students, below their folders: whole students, as every rule needs the whole student."""
        if not self.paths:
            return ("",)
        wanted = {_below(path) for path in self.paths if _of_students(path)}
        if "" in wanted:
            return ("",)
        return tuple(sorted(path for path in wanted if wanted.isdisjoint(folders_of(path))))


def _of_students(path: str) -> bool:
    return f"{path}/".startswith((f"{STUDENTS}/", f"{CERTIFICATIONS}/"))


def _below(path: str) -> str:
    """`113/s1139907` of any path of that student, else what follows the students' folder."""
    shown = student_folder(path + "/") or path
    return shown.replace(CERTIFICATIONS, STUDENTS, 1).removeprefix(STUDENTS).strip("/")


@dataclass
class _Tally:
    """What students and the school add up to."""

    findings: list[LocatedFinding] = field(default_factory=list)
    skips: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    ran: Counter[str] = field(default_factory=Counter)
    uses: list[FileUse] = field(default_factory=list)
    checked: int = 0
    records: int = 0
    students: int = 0

    def skip(self, code: str, reason: str, path: str, count: int = 1) -> None:
        """Count a skip; the first path is kept as an example."""
        example, before = self.skips.get((code, reason), (path, 0))
        self.skips[code, reason] = min(example, path), before + count

    def add(self, other: _Tally) -> None:
        """The reduce: in the order of paths, as some findings tie."""
        self.findings += other.findings
        self.ran.update(other.ran)
        self.uses += other.uses
        self.checked += other.checked
        self.records += other.records
        self.students += other.students
        for (code, reason), (path, count) in other.skips.items():
            self.skip(code, reason, path, count)

    def report(self) -> Report:
        """The sorted answer."""
        counts = (SkipCount(code, reason, path, count) for (code, reason), (path, count) in self.skips.items())
        return Report.of(self.findings, counts, self.ran, checked=self.checked, records=self.records)


@dataclass(frozen=True)
class _Desk:
    """Where an owner's results are located and counted: it knows the tree and what was asked for."""

    tree: Tree
    scope: Scope

    def count(self, tally: _Tally, shelf: Shelf | None, outcomes: Outcomes) -> None:
        """Take one owner's results."""
        if shelf is not None:
            tally.checked += len(shelf.paths)
            tally.records += shelf.record_count
            tally.findings += self._located(shelf.findings, {path for held in shelf.broken.values() for path in held})
        tally.findings += self._located(outcomes.findings)
        tally.ran.update(outcomes.ran)
        for skip in outcomes.skips:
            if self.scope.touches(skip.path):
                tally.skip(skip.code, skip.reason, skip.path)

    def _located(self, found: Iterable[Finding], relied_on: Collection[str] = ()) -> Iterator[LocatedFinding]:
        """Keep what was asked for, and wherever it lies what every verdict relies on: broken records, the rulebook."""
        for finding in found:
            path = finding.place.path
            if self.scope.covers(path) or path in relied_on or finding.code.startswith(RULEBOOK):
                yield LocatedFinding(
                    self._where(finding.place),
                    finding.code,
                    finding.severity,
                    finding.values,
                    tuple(map(self._where, finding.related)),
                    finding.identity,
                )

    def _where(self, place: Place | Location) -> Location:
        if isinstance(place, Place) and place.pointer and not place.text:
            place = Place(place.path, _text(self.tree, place.path), place.pointer, place.on_key)
        return yaml.locate(place, yaml_span)


@dataclass(frozen=True)
class _Judge:
    """The map: some students, read and judged in their school, to what they add up to."""

    desk: _Desk
    school: School
    verdicts: Verdicts | None = None

    def __call__(self, shards: Iterable[Shard]) -> _Tally:
        """Memory holds one student at a time."""
        tally, verdicts = _Tally(), self.verdicts or Verdicts(self.desk.tree.cache)
        for folder, entries in shards:
            if folder:
                student, shelf = load_student(self.desk.tree, folder, entries, self.school.trust)
                student = inspected(student, self.school, self.desk.tree, entries, verdicts)
                self.desk.count(tally, shelf, judge_student(student, self.school))
                tally.uses.extend(uses(student))
                tally.students += 1
            else:
                self.desk.count(tally, reading.read(self.desk.tree, entries), Outcomes())
        return tally


def _text(tree: Tree, path: str) -> str:
    entry = next(iter(tree.entries(path)))
    return tree.read(entry).decode("utf-8")


def check(
    tree: Tree,
    today: date,
    *,
    paths: Iterable[str] = (),
    names: frozenset[str] = frozenset(),
    jobs: int | None = 1,
    progress: Progress | None = None,
    within: Loaded | None = None,
    verdicts: Verdicts | None = None,
    known: bool = False,
) -> Report:
    """Check a school.

    Args:
        tree: the files.
        today: the day of the check, in Asia/Taipei.
        paths: from the root; nothing for all. The school is always read, as rules need it; findings outside the
            paths are not reported.
        names: names of people that must not stand in plain text.
        jobs: processes to use; None for all cores where there is much to check. The report is the same.
        progress: called with students done and their number.
        within: the school as it has been read and judged before, where only students have changed since: it is neither
            read nor judged again.
        verdicts: on attachments, of this very process, which the caller has already.
        known: the caller knows that something lies at the paths.

    Raises:
        UsageError: APP004, a path outside `content/`; APP011, a path where nothing is.
        LichengError: the check could not decide.
    """
    scope = Scope.of(paths)
    for path in scope.paths if not known else ():
        if next(iter(tree.entries(path)), None) is None:
            raise UsageError("APP011", path=path)
    loaded = within or load(tree, today, names)
    desk, tally = _Desk(tree, scope), _Tally()
    if within is None:
        desk.count(tally, _within(loaded.shelf, scope), judge_school(loaded.school))
        if scope.touches(HANDBOOK):
            desk.count(tally, None, Outcomes(list(handbook.of_handbook(tree))))
    with closing(_students(_Judge(desk, loaded.school, verdicts), jobs)) as found:
        for some in found:
            tally.add(some)
            if progress is not None:
                progress(tally.students, len(loaded.school.students))
    desk.count(tally, None, judge_across(tally.uses))
    if scope.paths:
        tally.skip("DUP001", PARTIAL, scope.paths[0])
    return tally.report()


def _within(shelf: Shelf, scope: Scope) -> Shelf:
    """Count of the school's files only what was asked for."""
    if not scope.paths:
        return shelf
    covered = Shelf(findings=shelf.findings, paths=[path for path in shelf.paths if scope.covers(path)])
    for kind, records in shelf.records.items():
        covered.records[kind] = [record for record in records if scope.covers(record.path)]
    for kind, paths in shelf.broken.items():
        covered.broken[kind] = paths
    return covered


def _students(judge: _Judge, jobs: int | None) -> Generator[_Tally, None, None]:
    """What the students add up to, chunk by chunk; starting processes costs more than they save on a few chunks."""
    chunks = _chunks(judge.desk)
    first = list(islice(chunks, FEW))
    if jobs is None:
        jobs = None if len(first) == FEW else 1
    if jobs == 1:
        return (judge(chunk) for chunk in chain(first, chunks))
    from licheng.app import workers  # most checks are of one process

    return workers.ordered(judge, chain(first, chunks), jobs or workers.cores())


def _chunks(desk: _Desk) -> Iterator[list[Shard]]:
    """Whole students, in the order of their folders, together about so many files that passing them on costs little."""
    chunk: list[Shard] = []
    for below in desk.scope.students():
        for shard in reading.students(desk.tree, below):
            chunk.append(shard)
            if sum(len(entries) for _, entries in chunk) >= FILES:
                yield chunk
                chunk = []
    if chunk:
        yield chunk
