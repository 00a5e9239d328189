"""Headings as schools write them: found, merged over columns, one above the other; whom a row is about."""

from __future__ import annotations

from typing import Any

import pytest

from licheng.core.person import Person
from licheng.policy.importing.mapping import ColumnMap, HeadingError, guessed, headings, located
from licheng.policy.importing.people import People, WhoError
from licheng.policy.importing.registry import IMPORTS
from licheng.policy.importing.rows import letters

MARKS = IMPORTS["marks"]
SHEET: list[list[Any]] = [
    ["示範高級中學 115 學年度成績表", None, None, None, None],
    ["學號", "科目\n名稱", "學期成績", None, "是否採計學分（是／否）"],
    [None, None, "總分", "及格", None],
    ["01150001", "國語文", 80, "V", "是"],
]
PERSON = Person("s1151234", "0115001", "趙子丑", "A100000001", "2010-05-06", "一年甲班", "7")
OTHER = Person("s1154321", "0115002", "錢子丑", "A100000010", "2010-05-07", "一年甲班", "8")


def test_a_merged_heading_stands_over_all_of_its_columns() -> None:
    assert headings(SHEET, (2, 3)) == ["學號", "科目 名稱", "學期成績 總分", "學期成績 及格", "是否採計學分（是／否）"]
    assert headings(SHEET, (2,))[3] == ""


def test_headings_are_found_below_a_title() -> None:
    places = guessed(SHEET, MARKS)
    assert places is not None
    assert places.heading == (2,)
    assert places.columns == {"number": 0, "course": 1, "mark": 2, "credited": 4}
    assert guessed([["甲", "乙"], ["丙", "丁"]], MARKS) is None


def test_headings_over_two_rows_are_said_as_one() -> None:
    said = ColumnMap(columns={"number": "學號", "mark": "學期成績 總分", "passed": "學期成績　及格"})
    places = located(SHEET, MARKS, said)
    assert (places.heading, places.columns) == ((2, 3), {"number": 0, "mark": 2, "passed": 3})
    assert places.unused == ("科目 名稱", "是否採計學分（是／否）")


def test_a_heading_that_is_not_there_or_twice_is_named() -> None:
    with pytest.raises(HeadingError) as missing:
        located(SHEET, MARKS, ColumnMap(columns={"number": "學號", "mark": "分數"}))
    assert (missing.value.case, missing.value.headings) == ("missing", ("分數",))
    with pytest.raises(HeadingError) as twice:
        located([["學號", "學號"]], MARKS, ColumnMap(columns={"number": "學號"}))
    assert (twice.value.case, twice.value.headings) == ("twice", ("學號",))


@pytest.mark.parametrize(
    "row",
    [
        {"number": "0115001"},
        {"number": "０１１５００１", "name": "趙 子丑"},
        {"id_number": "a100000001"},
        {"student": "S1151234"},
        {"class_name": "一年甲班", "seat": "07"},
        {"number": "0115001", "class_name": "二年乙班", "seat": "9"},  # the table may be a year behind
    ],
)
def test_a_student_is_told_by_any_of_the_ways(row: dict[str, str]) -> None:
    assert People([PERSON, OTHER]).of(row) == PERSON


@pytest.mark.parametrize(
    ("row", "column", "kind"),
    [
        ({"number": "115001"}, "number", "unknown-student"),  # the zero that a spreadsheet took
        ({"number": "0115001", "id_number": "A100000010"}, "id_number", "two-students"),
        ({"number": "0115001", "name": "錢子丑"}, "name", "other-name"),
        ({"name": "趙子丑"}, "number", "empty"),
        ({"class_name": "一年甲班"}, "class_name", "empty"),
    ],
)
def test_nobody_or_two_students_are_refused(row: dict[str, str], column: str, kind: str) -> None:
    with pytest.raises(WhoError) as refused:
        People([PERSON, OTHER]).of(row)
    assert (refused.value.column, refused.value.kind) == (column, kind)


def test_two_students_of_one_class_and_seat_are_nobody() -> None:
    with pytest.raises(WhoError) as refused:
        People([PERSON, OTHER._replace(seat="7")]).of({"class_name": "一年甲班", "seat": "7"})
    assert refused.value.kind == "several-students"


def test_columns_are_called_as_in_a_spreadsheet() -> None:
    assert [letters(index) for index in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
