"""Working group, trainings and evaluation on values: states as of a day, shares, percentiles, what may be public."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.app.loading.load import load
from licheng.app.status import read_school
from licheng.core.term import Term
from licheng.policy.evaluation import YearTally, held, percentile, public_figures
from licheng.policy.training import DemandState, provisions, within
from licheng.policy.urgency import Urgency, urgency
from licheng.policy.working_group import holder_count, meetings_held, resolutions, seats, unfinished
from tests.trees import FIXTURES, ROOT, MemoryTree, base, case
from tests.trees import load as files

DEMO = MemoryTree(files(ROOT))
TERM = Term(115, 1)


def states(tree: MemoryTree, day: date) -> list[tuple[str, int, str]]:
    return [(one.meeting, one.number, one.state) for one in resolutions(read_school(tree, day))]


def test_a_resolution_is_overdue_from_the_day_after_its_day() -> None:
    def of_the_ninth(day: date) -> str:
        [state] = [state for meeting, number, state in states(DEMO, day) if (meeting[:5], number) == ("115-1", 9)]
        return state

    assert of_the_ninth(date(2026, 10, 30)) == "open"
    assert of_the_ninth(date(2026, 10, 31)) == "overdue"


def test_what_a_later_meeting_carries_is_open_there_only() -> None:
    tree = case(FIXTURES / "MTG008/good/carried-by-a-later-meeting")
    school = read_school(tree, date(2026, 11, 23))
    assert ("115-1/2026-09-04", 1, "carried") in states(tree, school.today)
    assert [(one.meeting, one.number) for one in unfinished(school)] == [("115-1/2026-11-06", 1)]


def test_seats_are_held_by_terms_of_office_or_else_by_posts() -> None:
    school = read_school(DEMO, date(2026, 11, 23))
    book = school.rulebooks.on(school.today)
    assert book is not None
    assert {seat.post: holder_count(seat.post, school, school.today) for seat in seats(book)} == {
        seat.post: 1 for seat in seats(book)
    }
    assert holder_count("parent-representative", school, date(2025, 7, 31)) == 0
    assert holder_count("registrar", school, date(2022, 7, 31)) == 0
    assert holder_count("course-teacher", school, school.today) == 12


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 8, 1), Urgency.CALM),
        (date(2026, 12, 22), Urgency.CALM),
        (date(2026, 12, 23), Urgency.NEAR),
        (date(2027, 1, 31), Urgency.NEAR),
        (date(2027, 2, 1), Urgency.OVER),
    ],
)
def test_four_weeks_before_the_closing_it_is_near(day: date, expected: Urgency) -> None:
    assert urgency(read_school(DEMO, day).calendars[TERM], day) is expected


@pytest.mark.parametrize(("day", "count"), [(date(2026, 9, 10), 0), (date(2026, 9, 11), 1)])
def test_a_meeting_counts_from_its_day(day: date, count: int) -> None:
    school = read_school(DEMO, day)
    assert meetings_held(TERM, school) == count


def demand_states(tree: MemoryTree, day: date) -> list[DemandState]:
    school = read_school(tree, day)
    return [one.state for one in provisions(school.calendars[TERM], school)]


def test_demands_are_planned_then_held() -> None:
    held_, planned, missing = DemandState.HELD, DemandState.PLANNED, DemandState.MISSING
    assert demand_states(DEMO, date(2026, 9, 1)) == [planned, planned, planned]
    assert demand_states(DEMO, date(2026, 11, 23)) == [held_, held_, planned]
    assert demand_states(DEMO, date(2026, 12, 6)) == [held_, held_, missing]  # nobody said how many came


@pytest.mark.parametrize(
    ("unit", "office", "expected"),
    [
        ("curriculum", "academic-affairs", True),
        ("academic-affairs", "curriculum", False),
        ("guidance", "guidance", True),
        ("nowhere", "guidance", False),
    ],
)
def test_a_section_is_of_its_office(unit: str, office: str, expected: bool) -> None:
    assert within(unit, office, read_school(base(), date(2026, 11, 23))) is expected


@given(st.lists(st.integers(0, 400), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_covers_the_share(values: list[int], share: int) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= share * len(values)
    assert sum(value < found for value in values) * 100 < share * len(values)


def test_no_percentile_of_nothing() -> None:
    assert percentile([], 50) is None


def tally(tree: MemoryTree, day: date, year: int = 114) -> YearTally:
    loaded = load(tree, day)
    found = YearTally()
    for student in loaded.students():
        found.add(YearTally.of(student, loaded.school, year))
    return found


def test_what_is_due_later_does_not_count_yet() -> None:
    early, late = (tally(DEMO, day).duties() for day in (date(2026, 2, 9), date(2026, 2, 10)))
    assert "course-outputs" not in early
    assert late["course-outputs"].due > 0
    assert early["basic-data"].due == late["basic-data"].due > 0


def test_a_decision_after_the_day_has_not_been_made_yet() -> None:
    counts = [tally(DEMO, date(2026, 1, 13) + timedelta(days=days)).decided for days in range(0, 28, 7)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] > 0


def test_what_was_not_certified_in_time_is_not_on_time() -> None:
    certified = [path for path in DEMO.files if "/terms/114-1/" in path and path.startswith("content/certifications/")]
    without = DEMO.over({}, frozenset(certified[:2]))
    day = date(2026, 7, 31)
    whole, lacking = (tally(tree, day).duties()["course-outputs"] for tree in (DEMO, without))
    assert (lacking.due, lacking.on_time) == (whole.due, whole.on_time - 1)


def test_whoever_had_the_section_when_it_was_due_should_have_certified() -> None:
    certified = [path for path in DEMO.files if path.startswith("content/certifications/") and "/terms/114-1/" in path]
    offerings = "content/school/courses/114-1.yaml"
    text = DEMO.files[offerings].decode()
    left, came = "{staff: t012, to: 2025-12-31}", "{staff: t011, from: 2026-01-01}"
    dated = re.sub(r"teachers:\n *- t012\n|teachers: \[t012\]\n", f"teachers: [{left}, {came}]\n", text)
    assert dated != text
    day = date(2026, 7, 31)
    before, after = (
        tally(DEMO.over({offerings: new.encode()}, frozenset(certified)), day).people() for new in (text, dated)
    )
    assert "course-outputs" in before["t012"]
    assert "course-outputs" not in after.get("t012", {})
    assert "course-outputs" in after["t011"]


def test_a_check_of_another_version_of_the_file_is_none() -> None:
    path = min(path for path in DEMO.files if path.endswith("/verifications/114-1/course-records.yaml"))
    stale = DEMO.over({path: re.sub(rb"digest: \w+", b"digest: " + b"0" * 64, DEMO.files[path])}, frozenset())
    whole, lacking = (tally(tree, date(2026, 7, 31)).duties()["course-selection"] for tree in (DEMO, stale))
    assert (lacking.due, lacking.on_time) == (whole.due, whole.on_time - 1)


def test_the_figures_of_the_demo_follow_from_its_records() -> None:
    written = next(iter(read_school(DEMO, date(2026, 7, 31)).of("evaluation"))).data["figures"]["duties"]
    shares = tally(DEMO, date(2026, 7, 31)).duties()
    assert [(row["duty"], row["due"], row["on_time"]) for row in written] == [
        (duty, share.due, share.on_time) for duty, share in shares.items()
    ]


def test_trainings_and_meetings_of_a_year() -> None:
    assert held(read_school(DEMO, date(2026, 7, 31)), 114) == {"trainings": (6, 6), "meetings": (2, 2)}
    assert held(read_school(DEMO, date(2026, 2, 1)), 114) == {"trainings": (6, 3), "meetings": (2, 1)}


def figures(rows: Iterable[tuple[int, int]], decided: int, returned: int) -> dict[str, object]:
    return {
        "duties": [{"duty": "marks", "due": due, "on_time": on_time} for due, on_time in rows],
        "certification": {"decided": decided, "returned": returned, "median_days": 3, "p90_days": 9},
        "trainings": {"wanted": 6, "held": 6},
        "meetings": {"wanted": 2, "held": 2},
    }


@given(st.integers(0, 300), st.integers(0, 300), st.integers(2, 10))
def test_public_figures_are_true_bounds_in_steps(due: int, on_time: int, cell: int) -> None:
    on_time = min(due, on_time)
    shown = public_figures(figures([(due, on_time)], due, on_time), cell)
    assert shown.due % cell == shown.decided % cell == 0
    if due < cell:
        assert (shown.on_time_percent, shown.returned_percent, shown.median_days, shown.p90_days) == (None,) * 4
        return
    assert shown.on_time_percent is not None
    assert shown.returned_percent is not None
    assert shown.on_time_percent % 5 == shown.returned_percent % 5 == 0
    assert shown.on_time_percent * due <= 100 * on_time <= shown.returned_percent * due
    assert shown.on_time_percent < 100 or on_time == due
    assert shown.returned_percent > 0 or on_time == 0


def test_rows_are_only_shown_together() -> None:
    one, other = (public_figures(figures(rows, 10, 1), 5) for rows in ([(20, 20), (20, 10)], [(20, 15), (20, 15)]))
    assert one == other
