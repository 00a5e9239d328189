"""`licheng check`: read a tree, judge it student by student, reduce the summaries, locate what was found.

A map over students and a small reduce: memory holds one student at a time, the school, and the summaries. The map may
run in several processes; the reduce is in the order of paths, so that the report is the same.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from licheng.app.loading.load import Loaded, Progress, load
from licheng.app.shards.judge import Judged, ResultCounter, judge_students
from licheng.app.shards.scope import PathScope
from licheng.core.errors import UsageError
from licheng.core.layout import CHANGES, HANDBOOK, folders_of
from licheng.core.report import Report
from licheng.core.rule import Rules
from licheng.rules.engine import Outcomes, judge_across, judge_school
from licheng.rules.of_rulebook import OF_RULEBOOK
from licheng.rules.of_students import OF_STUDENTS
from licheng.sources.shelf import FileReader, LargeReadings, Shelf
from licheng.sources.tree import Tree, With
from licheng.sources.verdicts import Verdicts

if TYPE_CHECKING:
    from licheng.app.shards.kept import KeptVerdicts

PARTIAL = "partial-check"


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
    keep: bool = False,
) -> Report:
    """Check a school.

    Args:
        tree: the files.
        today: the day of the check, in Asia/Taipei.
        paths: from the root; nothing for all. Rules need the whole school; findings elsewhere are not reported.
        names: names of people that must not stand in plain text.
        jobs: processes to use; None for all cores where there is much to check. The report is the same.
        progress: called with students done and their number.
        within: the school as read and judged before, if only students changed since: neither is done again.
        verdicts: on attachments, of this very process, which the caller has already.
        known: the caller knows that something lies at the paths.
        keep: believe what earlier checks of this repository kept of students, and keep more: for whoever asks about
            the whole school for themselves. Whoever decides for others (the gate) judges anew.

    Raises:
        UsageError: APP004, a path outside `content/`; APP011, a path where nothing is.
        LichengError: the check could not decide.
    """
    scope = PathScope.of(paths)
    for path in scope.paths if not known else ():
        if next(iter(tree.entries(path)), None) is None:
            raise UsageError("APP011", path=path)
    kept = _kept(tree) if keep and not (scope.paths or names or within) else None
    reading = kept.noting if kept else _knowing_large_files(tree) if keep else tree
    desk, judged = ResultCounter(tree, scope), Judged()
    loaded = (within or load(reading, today, names, handbook=not scope.of_students))._replace(tree=tree)
    if within is None:
        _judge_school(desk, judged, loaded, kept, keep)
    _judge_statements(desk, judged, loaded)
    _add_students(
        judged,
        judge_students(desk, loaded.school, verdicts, jobs) if kept is None else kept.judge(desk, loaded.school, jobs),
        len(loaded.school.students),
        progress,
    )
    desk.count(judged, None, judge_across(judged.compared, OF_STUDENTS))
    for code in ("DUP001", "REF026") if scope.paths else ():
        judged.skip(code, PARTIAL, scope.paths[0])
    return judged.report()


def _add_students(
    judged: Judged, results: Generator[Judged, None, None], number: int, progress: Progress | None
) -> None:
    with closing(results) as chunks:
        for chunk in chunks:
            judged.add(chunk)
            if progress is not None:
                progress(judged.students, number)


def _of_the_school(scope: PathScope) -> Rules:
    """Of what the school is judged by: below students' folders only the rulebook's rules can be told of."""
    if scope.of_students:
        return OF_RULEBOOK
    from licheng.rules.registry import ALL  # a check of students needs few of them

    return ALL


def _kept(tree: Tree) -> KeptVerdicts | None:
    from licheng.app.shards.kept import KeptVerdicts  # a check of one student needs none

    return KeptVerdicts.of(tree)


def _knowing_large_files(tree: Tree) -> Tree:
    """The same, of whose large files none is parsed that a check of everything has parsed as it is."""

    def readings() -> FileReader | None:
        from licheng.app.shards.kept import school_readings  # as above

        return school_readings(tree)

    knowing = With(tree, {})
    knowing.readings = LargeReadings(readings)
    return knowing


def _judge_school(desk: ResultCounter, judged: Judged, loaded: Loaded, kept: KeptVerdicts | None, keep: bool) -> None:

    def judge() -> Judged:
        part, rules = Judged(), _of_the_school(desk.scope)
        desk.count(part, _within(loaded.shelf, desk.scope), judge_school(loaded.school, rules))
        return part

    judged.add(judge() if kept is None else kept.of_school(loaded.school.today, judge))
    if desk.scope.touches(HANDBOOK) and next(iter(loaded.tree.entries(HANDBOOK)), None) is not None:
        from licheng.app.shards.clean import clean_pages  # few ask about it
        from licheng.sources.handbook import CleanPages, of_handbook

        with clean_pages(loaded.tree) if keep else nullcontext(CleanPages()) as clean:
            desk.count(judged, None, Outcomes(list(of_handbook(loaded.tree, clean))))


def _judge_statements(desk: ResultCounter, judged: Judged, loaded: Loaded) -> None:
    """What staff signed of their changes, folder by folder, as a school has too much of it to hold at once."""
    asked = [CHANGES]
    if not desk.scope.covers(CHANGES):
        wanted = {path.removesuffix(".sig") for path in desk.scope.paths if path.startswith(f"{CHANGES}/")}
        asked = sorted(path for path in wanted if wanted.isdisjoint(folders_of(path)))
    school = loaded.school
    for shelf, changes in loaded.changes(*asked):
        from licheng.rules.of_statements import OF_STATEMENTS  # a young school has none

        part = replace(school, records={}, texts=(), trust=replace(school.trust, changes=changes))
        desk.count(judged, shelf, judge_school(part, OF_STATEMENTS))


def _within(shelf: Shelf, scope: PathScope) -> Shelf:
    """Count of the school's files only what was asked for."""
    if not scope.paths:
        return shelf
    covered = Shelf(findings=shelf.findings, paths=[path for path in shelf.paths if scope.covers(path)])
    for kind, records in shelf.records.items():
        covered.records[kind] = [record for record in records if scope.covers(record.path)]
    for kind, paths in shelf.broken.items():
        covered.broken[kind] = paths
    return covered
