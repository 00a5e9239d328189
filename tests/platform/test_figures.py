"""The school in counts: the same as `licheng status` counts, and nobody is counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from licheng.app.status import Summary, overview, summary
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.core.student import Student
from licheng.platform.figures import Figures
from licheng.platform.school_view import SchoolView
from licheng.sources.tree import CommitTree
from tests.platform.main_branch import committed, copied, git

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
STUDENT = "s1130001"
ITEM = "content/students/113/s1130001/terms/115-1/outputs/free-throw/item.md"
CALENDAR = "content/calendar/115-1.yaml"


@pytest.fixture
def remote(demo_repository: Path, tmp_path: Path) -> Path:
    return copied(demo_repository, tmp_path / "remote.git")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom the figures count, in their order."""
    names: list[str] = []

    def told(student: Student, school: School) -> Summary:
        names.append(student.id)
        return summary(student, school)

    monkeypatch.setattr("licheng.platform.figures.summary", told)
    return names


def test_it_counts_what_status_counts(remote: Path) -> None:
    view = SchoolView(remote, lambda: NOON)
    state = Figures(remote).of(view.now()).overview
    with CommitTree(remote, "main") as tree:
        expected = overview(tree, view.now().school)
    assert state.duties == expected.duties
    assert state.counts == expected.counts
    assert (state.backlog, state.calendar) == (expected.backlog, expected.calendar)
    assert state.backlog.total
    view.close()


def test_only_whose_folders_changed_is_counted_again(remote: Path, counted: list[str]) -> None:
    view, kept = SchoolView(remote, lambda: NOON), Figures(remote)
    first = kept.of(view.now())
    assert sorted(counted) == sorted(view.now().folders)
    counted.clear()
    assert kept.of(view.now()) == first
    assert counted == []
    committed(remote, ITEM, git(remote, "show", f"main:{ITEM}").replace("submitted: false", "submitted: true").encode())
    after = kept.of(view.now())
    assert counted == [STUDENT]
    assert after.overview.backlog.total == first.overview.backlog.total + 1
    view.close()


def test_a_calendar_that_changed_has_everybody_counted_again(remote: Path, counted: list[str]) -> None:
    view, kept = SchoolView(remote, lambda: NOON), Figures(remote)
    kept.of(view.now())
    counted.clear()
    committed(remote, CALENDAR, f"{git(remote, 'show', f'main:{CALENDAR}')}\n# 換了一行。\n".encode())
    kept.of(view.now())
    assert sorted(counted) == sorted(view.now().folders)
    view.close()


def test_who_has_a_waiver_is_known(remote: Path) -> None:
    view = SchoolView(remote, lambda: NOON)
    assert set(Figures(remote).of(view.now()).waived) == {"s1120004", "s1130003"}
    view.close()


def test_who_asks_while_it_takes_long_is_told_and_the_counting_goes_on(
    remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, kept, go_on = SchoolView(remote, lambda: NOON), Figures(remote, patience=0), Event()

    def slow(student: Student, school: School) -> Summary:
        go_on.wait()
        return summary(student, school)

    monkeypatch.setattr("licheng.platform.figures.summary", slow)
    for _ in range(2):  # who began it, and who comes meanwhile
        with pytest.raises(UsageError, match="APP390"):
            kept.of(view.now())
    go_on.set()
    with kept._alone:  # it is done
        counted = dict(kept._students)
    assert sorted(counted) == sorted(view.now().folders)
    view.close()


def test_what_goes_wrong_is_told_to_who_waits_and_the_next_one_is_served(remote: Path) -> None:
    view, kept = SchoolView(remote, lambda: NOON), Figures(remote)
    with pytest.raises(UsageError, match="APP002"):
        kept.of(replace(view.now(), tip="0" * 40))
    assert kept.of(view.now()).overview.duties
    view.close()
