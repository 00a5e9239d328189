"""The last change of records, from the history of a real repository."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from licheng.app.status import overview, read_school
from licheng.sources.history import commit_before, history, last_commit
from licheng.sources.tree import WorkTree
from tests.clock.test_public import ZONE, commit, git
from tests.trees import base

ITEM = "content/students/113/s1139901/terms/115-1/outputs/{}/item.md"
TEXT = "---\nkind: course-output/v1\ncourse: physics\nsummary: {}\nsubmitted: true\nattachments: []\n---\n"
MARKS = "content/students/113/s1139901/terms/114-1/marks.yaml"


def school(folder: Path) -> Path:
    git(folder, "init", "-q", "-b", "main")
    commit(folder, base().files, datetime(2026, 9, 1, 8, tzinfo=ZONE))
    commit(folder, {ITEM.format("old"): TEXT.format("一").encode()}, datetime(2026, 10, 1, 0, 30, tzinfo=ZONE))
    commit(folder, {ITEM.format("new"): TEXT.format("二").encode(), MARKS: b"kind: marks/v1\nmarks: []\n"},
           datetime(2026, 11, 20, 23, 30, tzinfo=ZONE))  # fmt: skip
    return folder


def test_days_are_those_of_the_school_and_of_the_last_change(tmp_path: Path) -> None:
    found = history(school(tmp_path), date(2026, 11, 23))
    assert found.days[ITEM.format("old")] == date(2026, 10, 1)
    assert found.folders[ITEM.format("new").rpartition("/")[0]] == date(2026, 11, 20)
    assert found.kinds["marks", "114-1"] == date(2026, 11, 20)
    assert found.kinds["course-output", "115-1"] == date(2026, 11, 20)
    assert found.kinds["term-calendar", "115-1"] == date(2026, 9, 1)


def test_what_came_later_is_not_known_on_an_earlier_day(tmp_path: Path) -> None:
    found = history(school(tmp_path), date(2026, 10, 31))
    assert found.kinds["course-output", "115-1"] == date(2026, 10, 1)
    assert MARKS not in found.days


def test_without_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert history(tmp_path, date(2026, 11, 23)).days == {}
    assert commit_before(tmp_path, date(2026, 11, 23)) is None
    assert last_commit(tmp_path) is None


def test_the_backlog_is_told_by_age_and_duties_by_their_last_change(tmp_path: Path) -> None:
    tree = WorkTree(school(tmp_path))
    today = read_school(tree, date(2026, 11, 23))
    known = overview(tree, today, history(tmp_path, today.today))
    assert known.backlog.counts == (1, 0, 0, 1)  # 3 days, and 53
    unknown = overview(tree, today)
    assert unknown.backlog.counts == (0, 0, 0, 2)  # certification has been open since 2026-08-31
    changed = {one.duty: one.last_change for one in known.duties if str(one.term) == "114-1"}
    assert changed["marks"] == date(2026, 11, 20)
    assert changed["attendance"] is None
