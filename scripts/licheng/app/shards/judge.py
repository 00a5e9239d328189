"""Students judged shard by shard: a map over whole students, whose results add up in the order of paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from licheng.app.loading.attachments import inspected
from licheng.app.loading.load import load_student
from licheng.app.shards.chunks import Shard, chunks, over
from licheng.app.shards.scope import PathScope
from licheng.core.finding import Finding
from licheng.core.location import Location, Place
from licheng.core.report import FindingsPack, LocatedFinding, Report, SkipCount
from licheng.core.school import School
from licheng.core.student import Compared, Student
from licheng.policy.duplicates import compared
from licheng.rules.engine import Outcomes, judge_student
from licheng.rules.of_rulebook import OF_RULEBOOK
from licheng.rules.of_students import OF_STUDENTS
from licheng.sources import reading, yaml
from licheng.sources.markdown import yaml_span
from licheng.sources.shelf import Shelf
from licheng.sources.tree import Tree
from licheng.sources.verdicts import Verdicts

_RELIED_ON = frozenset(this.code for this in OF_RULEBOOK)


@dataclass
class Judged:
    """What students and the school add up to."""

    findings: list[LocatedFinding] = field(default_factory=list)
    skips: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    ran: Counter[str] = field(default_factory=Counter)
    compared: list[Compared] = field(default_factory=list)
    checked: int = 0
    records: int = 0
    students: int = 0
    packs: list[FindingsPack] = field(default_factory=list)

    def skip(self, code: str, reason: str, path: str, count: int = 1) -> None:
        """Count a skip; the first path is kept as an example."""
        example, before = self.skips.get((code, reason), (path, 0))
        self.skips[code, reason] = min(example, path), before + count

    def add(self, other: Judged) -> None:
        """The reduce: in the order of paths, as some findings tie."""
        self.findings += other.findings
        self.ran.update(other.ran)
        self.compared += other.compared
        self.checked += other.checked
        self.records += other.records
        self.students += other.students
        self.packs += other.packs
        for (code, reason), (path, count) in other.skips.items():
            self.skip(code, reason, path, count)

    def report(self) -> Report:
        """The sorted answer."""
        counts = (SkipCount(code, reason, path, count) for (code, reason), (path, count) in self.skips.items())
        return Report.of(self.findings, counts, self.ran, checked=self.checked, records=self.records, packs=self.packs)


@dataclass(frozen=True)
class ResultCounter:
    """Where an owner's results are located and counted: it knows the tree and what was asked for."""

    tree: Tree
    scope: PathScope

    def count(self, judged: Judged, shelf: Shelf | None, outcomes: Outcomes) -> None:
        """Take one owner's results."""
        if shelf is not None:
            judged.checked += len(shelf.paths)
            judged.records += shelf.record_count
            judged.findings += self._located(shelf.findings, {*chain(*shelf.broken.values())})
        judged.findings += self._located(outcomes.findings)
        judged.ran.update(outcomes.ran)
        for skip in outcomes.skips:
            if self.scope.touches(skip.path):
                judged.skip(skip.code, skip.reason, skip.path)

    def _located(self, findings: Iterable[Finding], relied_on: Collection[str] = ()) -> Iterator[LocatedFinding]:
        """Keep what was asked for, and wherever it lies what every verdict relies on: broken records, the rulebook."""
        for finding in findings:
            path = finding.place.path
            if self.scope.covers(path) or path in relied_on or finding.code in _RELIED_ON:
                yield LocatedFinding.of(finding, self._where)

    def _where(self, place: Place | Location) -> Location:
        if isinstance(place, Place) and place.pointer and not place.text:
            data = self.tree.read(next(iter(self.tree.entries(place.path))))
            place = Place(place.path, data.decode("utf-8"), place.pointer, place.on_key)
        return yaml.locate(place, yaml_span)


def judge_shards(
    shards: Iterable[Shard], *, desk: ResultCounter, school: School, verdicts: Verdicts | None = None
) -> Judged:
    """Some students, read and judged in their school, to what they add up to; memory holds one student at a time.

    Args:
        shards: folders of students with their entries; an empty folder holds files of no student.
        desk: the tree, and what was asked for.
        school: in which they are judged.
        verdicts: on attachments, that the caller has already; by default those that the repository keeps.
    """
    judged, verdicts = Judged(), verdicts or Verdicts(desk.tree.cache)
    for shard in shards:
        judge_shard(judged, shard, desk=desk, school=school, verdicts=verdicts)
    return judged


def judge_shard(
    judged: Judged, shard: Shard, *, desk: ResultCounter, school: School, verdicts: Verdicts
) -> Student | None:
    """One shard, added to what was judged; the student as judged, where it is one's."""
    folder, entries = shard
    if not folder:
        desk.count(judged, reading.read(desk.tree, entries), Outcomes())
        return None
    student, shelf = load_student(desk.tree, folder, entries, school.trust)
    student = inspected(student, school, desk.tree, entries, verdicts)
    desk.count(judged, shelf, judge_student(student, school, OF_STUDENTS))
    judged.compared.extend(compared(student))
    judged.students += 1
    return student


def judge_students(
    desk: ResultCounter, school: School, verdicts: Verdicts | None = None, jobs: int | None = 1
) -> Generator[Judged, None, None]:
    """What all students that were asked for add up to, chunk by chunk in the order of paths.

    Args:
        desk: the tree, and what was asked for.
        school: in which they are judged.
        verdicts: as `judge_shards`.
        jobs: processes; None for all cores, unless starting them would cost more than they save.
    """
    judge = partial(judge_shards, desk=desk, school=school, verdicts=verdicts)
    return over(judge, chunks(desk.tree, desk.scope.students()), jobs)
