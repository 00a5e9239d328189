"""One school of a fleet, in a process of its own: `python -m licheng.app.fleet.judging`, with its task as JSON.

It answers one line of JSON: counts, or the code of what kept it from them; never a path, a name or a text. Whoever
started it holds its standard input open: when that closes it ends, and its git processes with it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from licheng.app.check import check
from licheng.app.day import day_of
from licheng.app.evaluate import evaluated_by, figures
from licheng.app.fleet.model import REMOTE, FleetCount, FleetResult, FleetSchool, FleetWork
from licheng.app.shards.chunks import each
from licheng.app.status import read_school, status
from licheng.core.errors import LichengError
from licheng.core.layout import home, student_folder
from licheng.core.report import LocatedFinding
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.enrolment import level_on
from licheng.policy.evaluation import YearTally, of_uploads
from licheng.sources.tree import CommitTree, Tree, find_repository

_FETCH = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:ssh", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}


_Key = tuple[str, int, str, str]
_Answer = tuple[Mapping[_Key, int], Mapping[str, Any]]


class FleetTask(NamedTuple):
    """What a school is asked.

    Attributes:
        today: as `--today`; None for the school's own day.
        year: of an evaluation; 0 otherwise.
    """

    work: str
    school: FleetSchool
    today: str | None
    year: int


def judged(task: FleetTask) -> FleetResult:
    """What the school of a task answers.

    Raises:
        LichengError: it could not be decided; APP477, its repository cannot be fetched; as `evaluated_by`.
    """
    with _repository(task.school) as (root, revision), CommitTree(root, revision) as tree:
        day = day_of(tree, task.today)
        school = read_school(tree, day)
        book = school.rulebooks.on(day)
        counts, more = _WORKS[FleetWork(task.work)](tree, school, task.year)
        listed = tuple(sorted(FleetCount(*key, count) for key, count in counts.items() if count))
        cell = book.minimum_cell if book is not None else 0
        return FleetResult(task.school.code, tree.commit, day.isoformat(), cell, listed, more)


def _checked(tree: Tree, school: School, _year: int) -> _Answer:
    levels: dict[str, dict[str, int]] = {}
    return Counter(_kept(finding, tree, school, levels) for finding in check(tree, school.today).findings), {}


def _status(tree: Tree, school: School, _year: int) -> _Answer:
    cells = status(tree, school).cells.items()
    return {(cell.period, cell.level, cell.measure.subject, cell.measure.state): count for cell, count in cells}, {}


def _evaluated(tree: Tree, school: School, year: int) -> _Answer:
    evaluated_by(school, year)
    tally = of_uploads(school, year)
    for part in each(partial(YearTally.of, year=year), tree, school):
        tally.add(part)
    known, period = figures(tally, school, year), str(year)
    counts = {(period, 0, row["duty"], state): row[state] for row in known["duties"] for state in ("due", "on_time")}
    for state in ("decided", "returned"):
        counts[period, 0, "certification", state] = known["certification"][state]
    return counts | {(period, 0, "going-out", name): number for name, number in known["going_out"].items()}, known


_WORKS = {FleetWork.CHECK: _checked, FleetWork.STATUS: _status, FleetWork.EVALUATE: _evaluated}


def _kept(finding: LocatedFinding, tree: Tree, school: School, levels: dict[str, dict[str, int]]) -> _Key:
    """What may be kept of a finding: term, year level at its end, code and severity."""
    path = finding.location.path
    where, folder = home(path), student_folder(path)
    term = where.identity.get("term", "") if where is not None else _term_in(path)
    if folder is not None and folder not in levels:
        below = folder.removeprefix("content/students/")
        levels[folder] = next(each(_levels, tree, school, below=below), {})
    level = levels[folder].get(term, levels[folder].get("", 0)) if folder is not None else 0
    return term, level, finding.code, finding.severity.value


def _term_in(path: str) -> str:
    for part in path.split("/"):
        try:
            return str(Term.parse(part))
        except ValueError:
            continue
    return ""


def _levels(student: Student, school: School) -> dict[str, int]:
    """The year level today (``), and at the end of each term that has a calendar."""
    days = {"": school.today, **{str(term): term.last_day for term in school.calendars}}
    known = {term: level_on(student, day) for term, day in days.items()}
    return {term: level for term, level in known.items() if level is not None}


@contextmanager
def _repository(school: FleetSchool) -> Iterator[tuple[Path, str]]:
    """The repository, and the commit's name in it; of an address only that commit, for as long as it is needed."""
    if not school.repository.startswith(REMOTE):
        yield find_repository(Path(school.repository)), school.revision
        return
    with tempfile.TemporaryDirectory(prefix="licheng-fleet-") as folder:
        fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--", school.repository, school.revision]
        for words in (["init", "--quiet", "--bare"], fetch):
            command = ["git", "-C", folder, *words]
            done = subprocess.run(command, env=os.environ | _FETCH, capture_output=True, check=False)
            if done.returncode:
                raise LichengError("APP477", school=school.code)
        yield Path(folder), "FETCH_HEAD"


def _end_with_the_starter() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)  # the starter gave it a process group of its own


def main() -> None:
    """Answer one task."""
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    work, school, today, year = json.loads(sys.argv[1])
    task = FleetTask(work, FleetSchool(*school), today, year)
    try:
        result = judged(task)
    except LichengError as error:
        result = FleetResult(task.school.code, trouble=error.code)
    sys.stdout.write(json.dumps(asdict(result)))
    sys.stdout.flush()
    os._exit(0)  # the thread waits for the starter


if __name__ == "__main__":
    main()
