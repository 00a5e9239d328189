"""The calendar value: what follows from the agency's dates, and what an extension changes."""

from __future__ import annotations

from datetime import date

import pytest

from licheng.app.check import check
from licheng.app.status import read_school
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.deadlines import Deadline, DutyDate, deadlines, duty_dates
from tests.trees import ROOT, MemoryTree, base, load

TODAY = date(2026, 11, 23)
CALENDAR = "content/calendar/115-1.yaml"


def school(tree: MemoryTree) -> School:
    return read_school(tree, TODAY)


def demo() -> MemoryTree:
    return MemoryTree(load(ROOT, "content/calendar", "content/rulebook", "content/school"))


def by_id(found: School) -> dict[str, Deadline]:
    return {one.id: one for one in deadlines(found)}


def duties(found: School, row: str, term: str) -> list[DutyDate]:
    return [one for one in duty_dates(found) if (one.row["id"], one.term) == (row, Term.parse(term))]


# 伍.末, by hand: the agency's day and the day two weeks before it.
@pytest.mark.parametrize(
    ("row", "term", "levels", "agency", "due"),
    [
        ("basic-data", "115-1", {10, 11, 12}, date(2026, 10, 23), date(2026, 10, 9)),
        ("marks", "114-2", {12}, date(2026, 6, 19), date(2026, 6, 5)),
        ("marks", "114-2", {10, 11}, date(2026, 8, 14), date(2026, 7, 31)),
        ("course-outputs", "114-1", {12}, date(2026, 3, 13), date(2026, 2, 27)),
        # Levels 10 and 11 have no roster of outputs in the first term: the school year's is that of the second.
        ("course-outputs", "114-1", {10, 11}, date(2026, 9, 11), date(2026, 8, 28)),
        # Rows without a roster: the earliest date of the term, by which its records can be there.
        ("attendance", "114-1", {10, 11, 12}, date(2026, 3, 6), date(2026, 2, 20)),
        ("consultation", "114-2", {12}, date(2026, 5, 29), date(2026, 5, 15)),
        ("statement", "114-2", {12}, date(2026, 5, 29), date(2026, 5, 15)),
    ],
)
def test_every_row_is_due_two_weeks_before_the_agency(
    row: str, term: str, levels: set[int], agency: date, due: date
) -> None:
    [found] = [one for one in duties(school(demo()), row, term) if one.levels == levels]
    assert found.agency is not None
    assert (found.agency.closes, found.due) == (agency, due)


def test_every_row_of_the_table_has_a_date_in_a_finished_term() -> None:
    found = school(demo())
    rows = {row["id"] for row in found.of("duties").__next__().data["duties"]}
    dated = {one.row["id"] for one in duty_dates(found) if one.term.year == 114 and one.due is not None}
    assert len(rows) == 13
    assert dated == rows
    undated = {one.id for one in duty_dates(found) if one.due is None}
    assert undated == {"115-1/duty/course-outputs/10-11", "115-1/duty/external-contests/10-11"}


def test_ids_are_unique_and_do_not_hold_dates() -> None:
    found = [one.id for one in deadlines(school(demo()))]
    assert len(found) == len(set(found)) > 100
    assert not any("2026" in name for name in found)


def amended(text: str) -> MemoryTree:
    tree = demo()
    return tree.over({CALENDAR: tree.files[CALENDAR] + text.encode()})


def test_an_extension_moves_the_window_and_keeps_its_id() -> None:
    before = by_id(school(demo()))
    after = by_id(
        school(
            amended(
                "amendments:\n"
                "  - {window: output-certification, closes: 2027-02-12, on: 2027-02-01, notice: 測試用公文}\n"
                "  - {window: output-certification, closes: 2027-02-15, on: 2027-02-08, notice: 測試用公文}\n"
            )
        )
    )
    name = "115-1/window/output-certification"
    assert (before[name].closes, before[name].revision) == (date(2027, 2, 10), 0)
    assert (after[name].closes, after[name].revision) == (date(2027, 2, 15), 2)
    assert set(before) == set(after)
    assert {key for key in before if before[key].closes != after[key].closes} == {name}


def test_the_agencys_extension_moves_the_upload_and_the_duties_that_count_from_it() -> None:
    after = by_id(
        school(
            amended(
                "amendments:\n  - {roster: course-outputs, batch: first, closes: 2027-03-19, on: 2027-02-08,"
                " notice: 測試用公文}\n"
            )
        )
    )
    assert after["115-1/upload/course-outputs/first"].closes == date(2027, 3, 19)
    assert after["115-1/duty/course-outputs/12"].closes == date(2027, 3, 5)
    assert after["115-1/duty/marks/10-11-12"].closes == date(2027, 2, 26)


def test_what_would_shorten_a_window_changes_nothing_and_is_told() -> None:
    tree = amended(
        "amendments:\n  - {window: output-certification, closes: 2027-02-08, on: 2027-02-01, notice: 測試用公文}\n"
    )
    assert by_id(school(tree))["115-1/window/output-certification"].closes == date(2027, 2, 10)
    assert "WIN008" in {one.code for one in check(tree, TODAY).findings}


def test_a_school_without_calendars_has_no_deadlines() -> None:
    tree = base().over({}, frozenset({"content/calendar"}))
    assert deadlines(school(tree)) == ()
    assert list(duty_dates(school(tree))) == []
