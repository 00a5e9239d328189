"""Cells as people type them and Excel writes them: read into one form, or refused with the right reason."""

from __future__ import annotations

from datetime import date

import pytest

from licheng.policy import cells
from licheng.policy.cells import CellFault, readers
from tests.people import id_number

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    [
        "2010-05-06",
        "2010/5/6",
        "20100506",
        "0990506",
        "990506",
        "99/5/6",
        "099.05.06",
        "民國99年5月6日",
        "99年5月6日",
        "９９／５／６",
    ],
)
def test_a_day_of_birth_of_either_calendar(text: str) -> None:
    assert cells.born(f" {text}\u3000", TODAY) == "2010-05-06"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *[("40304", "date"), ("六月", "date"), ("99-5", "date"), ("9/5/6/7", "date")],
        *[("99/2/30", "no-such-day"), ("0991301", "no-such-day"), ("2026-01-01", "age"), ("0010101", "age")],
    ],
)
def test_no_day_of_birth(text: str, kind: str) -> None:
    assert cells.born(text, TODAY) == CellFault(kind)


def test_a_year_of_a_hundred_is_of_the_republic() -> None:
    assert cells.born("1000229", TODAY) == CellFault("no-such-day")  # 2011
    assert cells.born("1010229", TODAY) == "2012-02-29"


@pytest.mark.parametrize("start", ["A1", "A2", "B8", "Z9", "AA", "OD", "IC"])
def test_id_and_residence_numbers_of_both_forms(start: str) -> None:
    number = id_number(27, start)
    assert cells.id_number(f" {number.lower()} ") == number
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in number)
    assert cells.id_number(full_width) == number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert cells.id_number(wrong) == CellFault("id-check")


@pytest.mark.parametrize("text", ["", "A1", "A123456789X", "1234567890", "AE00000001", "A3" + "0" * 8, "王小明"])
def test_no_id_number(text: str) -> None:
    assert cells.id_number(text) == CellFault("id-form")


@pytest.mark.parametrize(("text", "read"), [("0115001", "0115001"), (" ０１１５００１ ", "0115001"), ("a-12", "A-12")])
def test_a_student_number_keeps_its_zeros(text: str, read: str) -> None:
    assert cells.number(text) == read


@pytest.mark.parametrize("text", ["", "11500.0", "1.15E+06", "學號", "1" * 21, "-1"])
def test_no_student_number(text: str) -> None:
    assert cells.number(text) == CellFault("number")


@pytest.mark.parametrize(("text", "read"), [(" 王\u3000小明 ", "王 小明"), ("Anna  Lin", "Anna Lin"), ("𠮷田", "𠮷田")])
def test_a_name(text: str, read: str) -> None:
    assert cells.name(text) == read


@pytest.mark.parametrize("text", ["王", "王?明", "王\ue000", "王\u200b明", "王小明2", "王" * 51, "\ufffd王"])
def test_no_name(text: str) -> None:
    assert cells.name(text) == CellFault("name")


def test_what_may_be_left_empty() -> None:
    for read in (cells.class_name, cells.seat, cells.student, cells.cohort):
        assert read("  ") == ""
    assert [cells.seat(text) for text in ("07", "４０", "0", "7a")] == ["7", "40", CellFault("seat"), CellFault("seat")]
    assert [cells.cohort(text) for text in ("115", "2026", "15")] == ["115", CellFault("cohort"), CellFault("cohort")]
    assert [cells.student(text) for text in ("S1150123", "s115012")] == ["s1150123", CellFault("student")]
    assert [cells.class_name(text) for text in ("資一 甲", "班" * 21)] == ["資一 甲", CellFault("class")]


def test_a_shape_says_what_kind_and_never_which() -> None:
    assert cells.shape(" A123456789 ") == "A999999999"
    assert cells.shape("99/5/6 王小明") == "99/9/9·文文文"
    assert cells.shape("一" * 30) == "文" * 20 + "…"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("1", "1"),
        ("4,1", "1,4"),
        (",1", "1"),
        ("1,", "1"),
        ("１、１０ 4", "1,4,10"),
        ("原住民", CellFault("codes")),
    ],
)
def test_codes_of_a_special_status_are_in_order(text: str, read: object) -> None:
    assert readers(date(2026, 11, 23))["special_status"](text) == read
    assert readers(date(2026, 11, 23))["indigenous_valid_until"]("115/9/11") == "2026-09-11"
