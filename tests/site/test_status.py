"""The status: a fold over students that keeps counts, and what of it may be published."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from licheng.app.status import public_for, read_school, status, table
from licheng.outputs.status import render, render_json
from licheng.outputs.words import words
from licheng.policy.calendar import LEVELS
from licheng.policy.status import USES, Cell, Measure, Status, StudentCounts, public
from tests.trees import base

TODAY = date(2026, 11, 23)
OUTPUT = "content/students/113/s1139901/terms/115-1/outputs/{}/item.md"
TEXT = "---\nkind: course-output/v1\ncourse: physics\nsummary: 摘要\nsubmitted: {}\nattachments: []\n---\n"
SUBMITTED = Measure("course-output", "submitted")
DRAFT = Measure("course-output", "draft")

CELLS = st.builds(
    Cell, st.sampled_from(["114-2", "115-1"]), st.sampled_from(LEVELS), st.sampled_from([SUBMITTED, DRAFT])
)
COUNTS = st.builds(StudentCounts, st.dictionaries(CELLS, st.integers(0, 40)), st.integers(0, 3))


def counted(**items: str) -> Status:
    tree = base().over({OUTPUT.format(slug): TEXT.format(state).encode() for slug, state in items.items()})
    return status(tree, read_school(tree, TODAY))


def test_drafts_and_submitted_outputs_are_counted_at_the_students_year_level() -> None:
    found = counted(one="true", two="true", three="false")
    assert found.cells[Cell("115-1", 12, SUBMITTED)] == 2
    assert found.cells[Cell("115-1", 12, DRAFT)] == 1
    assert found.unreadable == 0


def test_an_unreadable_record_is_not_counted_but_told() -> None:
    found = counted(one="true", two="perhaps")
    assert found.cells[Cell("115-1", 12, SUBMITTED)] == 1
    assert found.unreadable == 1


def test_how_far_students_have_used_their_quotas() -> None:
    def uses(**items: str) -> list[str]:
        cells = counted(**items).cells
        return [use for use in USES if cells[Cell("115-1", 12, Measure("output-quota", use))]]

    assert uses(draft="false") == ["not-used"]
    assert uses(one="true", draft="false") == ["partly-used"]
    assert uses(one="true", two="true", three="true", draft="false") == ["used-up"]


def test_each_student_uses_each_quota_in_one_way() -> None:
    cells = counted(one="true").cells
    for period, subject in (("115-1", "output-quota"), ("115", "activity-quota")):
        of_quota = [cell for cell in cells if (cell.period, cell.measure.subject) == (period, subject)]
        assert sum(cells[cell] for cell in of_quota) == cells[Cell("115-1", 12, Measure("students", "recorded"))]


@given(st.lists(COUNTS, max_size=8), st.integers(1, 12))
def test_public_counts_are_multiples_and_totals_add_them(students: list[StudentCounts], cell: int) -> None:
    exact = Status.of(students).table(["115-1", "114-2"])
    shown = public(exact, cell)
    for row, private in zip(shown.rows, exact.rows, strict=True):
        assert all(count % cell == 0 for count in row.counts)
        assert all(0 <= before - after < cell for before, after in zip(private.counts, row.counts, strict=True))
        assert row.total == sum(row.counts)


@given(st.lists(COUNTS, max_size=6))
def test_the_order_of_students_is_irrelevant(students: list[StudentCounts]) -> None:
    assert Status.of(students) == Status.of(reversed(students))


def test_the_public_table_is_rounded_by_the_rulebook() -> None:
    tree = base().over({OUTPUT.format(f"o{n}"): TEXT.format("true").encode() for n in range(7)})
    school = read_school(tree, TODAY)
    shown = public_for(table(status(tree, school), school, "115-1"), school)
    [row] = [row for row in shown.rows if row.measure == SUBMITTED]
    assert (row.counts, row.total, shown.minimum_cell) == ((0, 0, 5), 5, 5)


def test_text_and_json_say_the_same_in_both_languages() -> None:
    tree = base()
    school = read_school(tree, TODAY)
    found = table(status(tree, school), school, "115-1")
    assert "課程學習成果已送出" in render(found, words("zh-TW"))
    assert "Course outputs, submitted" in render(found, words("en"))
    rows = json.loads(render_json(found))["rows"]
    assert {row["period"] for row in rows} == {"115-1", "115"}
