"""What is published reveals no one: not a number, nor a difference between numbers, nor one between two days."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.app.demo import fixed_files
from licheng.app.site.view import view
from licheng.app.status import read_school, status, weekly
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.demo import plan
from licheng.demo.write import final_tree
from licheng.outputs.pages import pages
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.policy.calendar import LEVELS
from licheng.policy.status import PER_TERM, Cell, Measure, Status, StudentCounts, Table, public, public_day
from licheng.sources import resources
from licheng.sources.tree import Tree, WorkTree
from tests.clock.year import RULEBOOK
from tests.command import licheng
from tests.trees import ROOT, MemoryTree, base

TERMS = ("114-2", "115-1")
CELLS = st.builds(Cell, st.sampled_from(TERMS), st.sampled_from(LEVELS), st.sampled_from(PER_TERM))
SCHOOLS = st.dictionaries(CELLS, st.integers(0, 60), max_size=12)
ZONE = ZoneInfo("Asia/Taipei")
OUTPUT = "content/students/113/s1139901/terms/115-1/outputs/{}/item.md"
TEXT = "---\nkind: course-output/v1\ncourse: physics\nsummary: 摘要\nsubmitted: true\nattachments: []\n---\n"


def published(cells: Mapping[Cell, int], k: int) -> Table:
    return public(Status.of([StudentCounts(cells)]).table(TERMS), k)


def numbers(table: Table) -> list[int]:
    return [number for row in table.rows for number in (*row.counts, row.total)]


@given(SCHOOLS, SCHOOLS, st.integers(2, 10))
def test_no_number_and_no_difference_lies_below_the_cell(
    monday: Mapping[Cell, int], next_monday: Mapping[Cell, int], k: int
) -> None:
    """The attacker has two weeks of publications, and subtracts whatever from whatever."""
    seen = sorted({*numbers(published(monday, k)), *numbers(published(next_monday, k))})
    assert all(number % k == 0 for number in seen)
    assert all(later - earlier >= k for earlier, later in combinations(seen, 2))


@given(SCHOOLS, st.integers(2, 10), st.data())
def test_no_one_can_tell_schools_apart_that_differ_by_fewer_than_the_cell(
    cells: Mapping[Cell, int], k: int, data: st.DataObject
) -> None:
    """Any one count may be another within its step: every published number, totals too, stays the same."""
    chosen = data.draw(CELLS)
    exact = cells.get(chosen, 0)
    other = exact - exact % k + data.draw(st.integers(0, k - 1))
    assert published({**cells, chosen: other}, k) == published(cells, k)


def test_the_property_would_catch_exact_totals() -> None:
    """What the tests above are for: with totals of exact counts, two schools can be told apart."""
    cell = Cell("115-1", 10, Measure("course-output", "submitted"))

    def leaking(count: int) -> list[int]:
        exact = Status.of([StudentCounts({cell: count})]).table(TERMS)
        rounded = public(exact, 5)
        return numbers(replace(rounded, rows=tuple(
            replace(row, total=before.total) for row, before in zip(rounded.rows, exact.rows, strict=True)
        )))  # fmt: skip

    assert leaking(1) != leaking(2)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_week_has_one_public_day(day: date) -> None:
    monday = public_day(day)
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


def git(folder: Path, *arguments: str, when: datetime | None = None) -> None:
    stamp = {name: when.isoformat() for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")} if when else {}
    who = ["-c", "user.name=t902", "-c", "user.email=t902@licheng.invalid"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, env=os.environ | stamp)


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def commit(folder: Path, files: Mapping[str, bytes], when: datetime) -> None:
    put(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "records", when=when)


def outputs(*names: str) -> dict[str, bytes]:
    return {OUTPUT.format(name): TEXT.encode() for name in names}


@pytest.fixture
def real_school(tmp_path: Path) -> Path:
    """A school that is no demo, in a real repository: five outputs before Monday 2026-11-23, five on Wednesday."""
    files = base().files
    own = files["content/school/school.yaml"].replace(b"demo:\n  today: 2026-11-23\n", b"")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {**files, "content/school/school.yaml": own, **outputs(*"abcde")},
           datetime(2026, 11, 22, 23, 59, 59, tzinfo=ZONE))  # fmt: skip
    commit(tmp_path, outputs(*"fghij"), datetime(2026, 11, 25, 12, tzinfo=ZONE))
    return tmp_path


def submitted(table: Table | None) -> int | None:
    if table is None:
        return None
    wanted = ("115-1", Measure("course-output", "submitted"))
    return next(row.total for row in table.rows if (row.period, row.measure) == wanted)


def on(folder: Path, day: str) -> tuple[WorkTree, Path, School]:
    tree = WorkTree(folder)
    return tree, folder, read_school(tree, date.fromisoformat(day))


def test_no_two_days_of_a_week_differ(real_school: Path) -> None:
    week = [(date(2026, 11, 23) + timedelta(days=number)).isoformat() for number in range(7)]
    found = [weekly(*on(real_school, day)) for day in week]
    assert submitted(found[0]) == 5
    assert all(table == found[0] for table in found)
    put(real_school, outputs("k", "l", "m", "n", "o"))  # not even committed
    assert weekly(*on(real_school, "2026-11-27")) == found[0]
    assert submitted(weekly(*on(real_school, "2026-11-30"))) == 10


def test_a_weeks_records_are_counted_once(real_school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = list[str]()

    def counting(tree: Tree, school: School) -> Status:
        counted.append(school.today.isoformat())
        return status(tree, school)

    monkeypatch.setattr("licheng.app.status.status", counting)
    monkeypatch.setattr("licheng.app.shards.published.steady_program", lambda: b"this one")
    days = ("2026-11-23", "2026-11-29", "2026-11-30", "2026-12-01")
    assert [submitted(weekly(*on(real_school, day))) for day in days] == [5, 5, 10, 10]
    assert counted == ["2026-11-23", "2026-11-30"]
    known = weekly(*on(real_school, "2026-12-01"))
    monkeypatch.setattr("licheng.app.shards.published.steady_program", lambda: b"another")
    assert weekly(*on(real_school, "2026-12-01")) == known
    assert weekly(*on(real_school, "2026-12-07")) == known  # the same commit on another day
    assert weekly(*on(real_school, "2026-12-07"), "115-1") != known
    with pytest.raises(UsageError):
        weekly(*on(real_school, "2026-12-07"), "all")
    commit(real_school, outputs("z"), datetime(2026, 12, 6, 12, tzinfo=ZONE))
    assert submitted(weekly(*on(real_school, "2026-12-07"))) == 10
    assert counted[2:] == ["2026-11-30", *["2026-12-07"] * 4]


def test_without_a_commit_from_before_monday_nothing_is_published(real_school: Path) -> None:
    assert weekly(*on(real_school, "2026-11-20")) is None
    refused = licheng(real_school, "status", "--public", "--today", "2026-11-20")
    assert (refused.returncode, refused.stdout, refused.stderr[:6]) == (2, "", "APP122")
    told = licheng(real_school, "status", "--public", "--json", "--today", "2026-11-26", "--term", "115-1")
    rows = json.loads(told.stdout)["rows"]
    assert {row["total"] for row in rows if row["subject"] == "course-output"} == {0, 5}
    assert "duties" not in json.loads(told.stdout)


def test_one_student_a_class_shows_no_count_below_the_cell() -> None:
    files = {**fixed_files(), **final_tree(plan(3, 1, rulebook=RULEBOOK))}
    tree = MemoryTree(files)
    cohorts = tree.folders("content/students")
    assert [len(tree.folders(f"content/students/{cohort}")) for cohort in cohorts] == [1, 1, 1]
    made = pages(view(tree, ROOT), renderer(resources.folder("site_theme") / "pages"), words("zh-TW"))
    shown = made["status.md"]
    cells = [int(cell) for cell in re.findall(r"\| (\d+)(?= \|)", shown)]
    totals = [int(cell) for cell in re.findall(r'class="lc-bar-name"[^>]*>\S+ (\d+)<', shown)]
    assert cells
    assert all(number and number % 5 == 0 for number in (*cells, *totals))  # a hidden one is no zero either
    assert "| &#60;5 |" in shown
    for path, text in made.items():
        if not path.startswith(("commands/", "rules/", "schemas/")):  # whose examples are of nobody
            assert not re.search(r"s1[0-9]{6}", text), path


def test_the_page_of_duties_tells_days_and_not_how_an_office_did() -> None:
    """The same page whether the registry has done everything or nothing at all."""
    files = {**fixed_files(), **final_tree(plan(12, 1, rulebook=RULEBOOK))}
    render = renderer(resources.folder("site_theme") / "pages")
    without = {path: data for path, data in files.items() if not re.search(r"/(marks|verifications|submissions)", path)}
    assert len(without) < len(files)
    one, other = (pages(view(MemoryTree(held), ROOT), render, words("zh-TW")) for held in (files, without))
    assert one["duties.md"] == other["duties.md"]
    assert {path: text for path, text in one.items() if path.startswith("feeds/")} == {
        path: text for path, text in other.items() if path.startswith("feeds/")
    }
