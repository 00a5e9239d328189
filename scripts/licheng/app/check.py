"""`licheng check`: read a tree, judge it student by student, reduce the summaries, locate what was found.

A map over students and a small reduce: memory holds one student at a time, the school, and the summaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from licheng.app.attachments import inspected
from licheng.app.load import load
from licheng.app.load import student as load_student
from licheng.core.errors import UsageError
from licheng.core.finding import Finding, Skip
from licheng.core.layout import CERTIFICATIONS, CONTENT, STUDENTS, student_folder
from licheng.core.location import Location, Place
from licheng.core.report import LocatedFinding, Report, SkipCount
from licheng.core.school import School
from licheng.policy.duplicates import FileUse, uses
from licheng.rules.engine import Outcomes, judge_across, judge_school, judge_student
from licheng.sources import reading, yaml
from licheng.sources.markdown import yaml_span
from licheng.sources.reading import Shelf
from licheng.sources.tree import Entry, Tree
from licheng.sources.verdicts import Verdicts

PARTIAL = "partial-check"
RULEBOOK = "RBK"

Progress = Callable[[int, int], None]


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

    def covers(self, path: str) -> bool:
        """Whether findings at a path are asked for."""
        return not self.paths or any(path == top or path.startswith(top + "/") for top in self.paths)

    def touches(self, path: str) -> bool:
        """Whether a path is asked for, or something below it."""
        return self.covers(path) or any(top.startswith(path + "/") for top in self.paths)

    def students(self) -> tuple[str, ...]:
        """What to read of the students, below their folders: whole students, as every rule needs the whole student."""
        if not self.paths:
            return ("",)
        wanted = {_below(path) for path in self.paths if _of_students(path)}
        return tuple(sorted(path for path in wanted if not any(path.startswith(top + "/") for top in wanted)))


def _of_students(path: str) -> bool:
    return f"{path}/".startswith((f"{STUDENTS}/", f"{CERTIFICATIONS}/"))


def _below(path: str) -> str:
    """`113/s1139907` of any path of that student, else what follows the students' folder."""
    shown = student_folder(path + "/") or path
    return shown.replace(CERTIFICATIONS, STUDENTS, 1).removeprefix(STUDENTS).strip("/")


@dataclass
class _Collector:
    """The reduce: what every student and the school add up to."""

    scope: Scope
    tree: Tree
    findings: list[LocatedFinding] = field(default_factory=list)
    skips: dict[tuple[str, str], list[str | int]] = field(default_factory=dict)
    ran: Counter[str] = field(default_factory=Counter)
    uses: list[FileUse] = field(default_factory=list)
    checked: int = 0
    records: int = 0

    def add(self, shelf: Shelf | None, outcomes: Outcomes) -> None:
        """Take one owner's results."""
        if shelf is not None:
            self.checked += len(shelf.paths)
            self.records += shelf.record_count
            self._locate(shelf.findings, {path for paths in shelf.broken.values() for path in paths})
        self._locate(outcomes.findings)
        self.ran.update(outcomes.ran)
        for skip in outcomes.skips:
            self.skip(skip)

    def skip(self, skip: Skip) -> None:
        """Count a skip; the first path is kept as an example."""
        if self.scope.touches(skip.path):
            held = self.skips.setdefault((skip.code, skip.reason), [skip.path, 0])
            held[0] = min(str(held[0]), skip.path)
            held[1] = int(held[1]) + 1

    def _locate(self, found: Iterable[Finding], relied_on: Collection[str] = ()) -> None:
        """Keep what was asked for, and wherever it lies what every verdict relies on: broken records, the rulebook."""
        for finding in found:
            path = finding.place.path
            if self.scope.covers(path) or path in relied_on or finding.code.startswith(RULEBOOK):
                self.findings.append(
                    LocatedFinding(
                        self._where(finding.place),
                        finding.code,
                        finding.severity,
                        finding.values,
                        tuple(map(self._where, finding.related)),
                    )
                )

    def _where(self, place: Place | Location) -> Location:
        if isinstance(place, Place) and place.pointer and not place.text:
            place = Place(place.path, _text(self.tree, place.path), place.pointer, place.on_key)
        return yaml.locate(place, yaml_span)

    def report(self) -> Report:
        """The sorted answer."""
        counts = (SkipCount(code, reason, str(path), int(count))
                  for (code, reason), (path, count) in self.skips.items())  # fmt: skip
        return Report.of(self.findings, counts, self.ran, checked=self.checked, records=self.records)


def _text(tree: Tree, path: str) -> str:
    entry = next(iter(tree.entries(path)))
    return tree.read(entry).decode("utf-8")


def check(
    tree: Tree,
    today: date,
    *,
    paths: Iterable[str] = (),
    names: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> Report:
    """Check a school.

    Args:
        tree: the files.
        today: the day of the check, in Asia/Taipei.
        paths: from the root; nothing for all. The school is always read, as rules need it; findings outside the
            paths are not reported.
        names: names of people that must not stand in plain text.
        progress: called with students done and their number.

    Raises:
        UsageError: APP004, a path outside `content/`; APP011, a path where nothing is.
        LichengError: the check could not decide.
    """
    scope = Scope.of(paths)
    collector = _Collector(scope, tree)
    for path in scope.paths:
        if next(iter(tree.entries(path)), None) is None:
            raise UsageError("APP011", path=path)
    loaded = load(tree, today, names)
    collector.add(_within(loaded.shelf, scope), judge_school(loaded.school))
    _check_students(collector, loaded.school, progress)
    collector.add(None, judge_across(collector.uses))
    if scope.paths:
        collector.skip(Skip("DUP001", PARTIAL, scope.paths[0]))
    return collector.report()


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


def _check_students(collector: _Collector, school: School, progress: Progress | None) -> None:
    total = len(school.students)
    verdicts = Verdicts(collector.tree.cache)
    for done, (folder, entries) in enumerate(_shards(collector), start=1):
        if folder:
            student, shelf = load_student(collector.tree, folder, entries)
            student = inspected(student, school, collector.tree, entries, verdicts)
            collector.add(shelf, judge_student(student, school))
            collector.uses.extend(uses(student))
        else:
            collector.add(reading.read(collector.tree, entries), Outcomes())
        if progress is not None:
            progress(done, total)


def _shards(collector: _Collector) -> Iterator[tuple[str, list[Entry]]]:
    for below in collector.scope.students():
        yield from reading.students(collector.tree, below)
