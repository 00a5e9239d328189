"""Values as spreadsheets hold them: the same in every form that Excel and people give it, or refused with a reason."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.policy import cells
from licheng.policy.cells import CellFault, Value

FIRST, LAST = date(2026, 8, 1), date(2027, 7, 31)
WHEN = {"first": date(1950, 1, 1), "last": date(2099, 12, 31)}
TIMES = [
    "",
    " 00:00",
    " 0:00:00",
    " 上午 12:00:00",
    "上午08:30",
    " 下午 3:20",
    "T00:00:00.000",
    " 03:20:00 PM",
    "\u3000下午 03:20",
]


def written(day: date) -> list[str]:
    """A day in all forms that may stand in a text cell."""
    roc = day.year - 1911
    return [
        day.isoformat(),
        day.strftime("%Y%m%d"),
        f"{day.year}/{day.month}/{day.day}",
        f"{roc:03}{day:%m%d}",
        f"{roc:02}/{day.month}/{day.day}",
        f"{roc:03}.{day:%m.%d}",
        f"{roc:02}-{day:%m-%d}",
        f"民國{roc:02}年{day.month}月{day.day}日",
        f" {roc:02} 年 {day.month} 月 {day.day} 日\u3000",
        f"{roc:03}{day:%m%d}".translate({ord("0") + each: 0xFF10 + each for each in range(10)}),
        f"\u00a0{day.year}．{day.month}．{day.day}",
    ]


@given(st.dates(WHEN["first"], WHEN["last"]), st.sampled_from(TIMES))
def test_a_day_is_the_same_in_all_its_forms(day: date, behind: str) -> None:
    texts: list[Value] = [form + behind for form in written(day) if not behind.startswith("T") or "-" in form]
    serial = (day - date(1899, 12, 30)).days
    values: list[Value] = [day, datetime(day.year, day.month, day.day, 15, 20), serial, serial + 0.64, str(serial)]  # noqa: DTZ001
    values += [int(day.strftime("%Y%m%d")), float(f"{day.year - 1911}{day:%m%d}")]
    assert {cells.day(value, **WHEN) for value in texts + values} == {day.isoformat()}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *[
            ("11/9/115", "date-order"),
            ("9-11-2026", "date-order"),
            ("11/9/15", "date-order"),
            ("01.02.03", "date-order"),
        ],
        *[("2/30", "no-year"), ("9月11日", "no-year"), ("12.31", "no-year"), (12.31, "no-year")],
        *[("115/2/30", "no-such-day"), ("1151301", "no-such-day"), (1150230, "no-such-day"), ("115911", "no-such-day")],
        *[("114/9/11", "outside"), ("2027-08-01", "outside"), (45000, "outside"), (date(2020, 1, 1), "outside")],
        *[
            ("九月十一日", "date"),
            ("", "date"),
            (None, "date"),
            (True, "date"),
            (time(8, 30), "date"),
            ("115/9/11-12", "date"),
        ],
        *[
            ("115/9/11 25:00", "date"),
            ("115/9/11\u200b", "date"),
            ("115-09-1l", "date"),
            (115.911, "date"),
            ("1150911.5", "date"),
        ],
        *[("#N/A", "error"), ("#REF!", "error"), ("Err:502", "error"), ("########", "error")],
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(value: Value, kind: str) -> None:
    fault = cells.day(value, FIRST, LAST)
    assert isinstance(fault, CellFault)
    assert fault.kind == kind


def test_the_edges_of_a_term_belong_to_it() -> None:
    assert cells.day("115/8/1", FIRST, LAST) == "2026-08-01"
    assert cells.day("116.7.31", FIRST, LAST) == "2027-07-31"
    assert cells.day("115/7/31", FIRST, LAST) == CellFault("outside", "2026-08-01", "2027-07-31")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[
            (75.0, 75),
            (75, 75),
            ("75", 75),
            ("75.00", 75),
            ("７５", 75),
            (" 75\u3000", 75),
            ("075", 75),
            ("0", 0),
            (0.0, 0),
        ],
        *[(72.5, "72.5"), ("72.50", "72.5"), (0.1 + 0.2, "0.3"), (1.1, "1.1"), ("1.10", "1.1"), ("100.000", 100)],
    ],
)
def test_a_number_as_text_or_a_text_as_number(value: Value, expected: object) -> None:
    number = cells.decimal(value, 0, 100)
    assert (number, type(number)) == (expected, type(expected))


@pytest.mark.parametrize(
    "value",
    [101, -1, "100.5", "1,000", "75分", "七十五", "1e2", "", None, True, "NaN", "inf", "--5", date(2026, 9, 11)],
)
def test_what_is_no_number_from_0_to_100(value: Value) -> None:
    assert cells.decimal(value, 0, 100) == CellFault("decimal", "0", "100")


def test_what_a_formula_has_divided_is_not_rounded_by_us() -> None:
    assert cells.decimal(250 / 3, 0, 100) == CellFault("places", high="3")
    assert cells.decimal(83.333, 0, 100) == "83.333"


@pytest.mark.parametrize(("value", "expected"), [(3.0, 3), ("０３", 3), ("3.0", 3)])
def test_a_whole_number(value: Value, expected: int) -> None:
    assert cells.whole(value, 1, 3) == expected


@pytest.mark.parametrize("value", [3.5, "3.5", 4, 0, False, "三", None, datetime(2026, 9, 11)])  # noqa: DTZ001
def test_no_whole_number(value: Value) -> None:
    assert cells.whole(value, 1, 3) == CellFault("whole", "1", "3")


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", "是", "V", "ｖ", "✓", " y ", "Ｙ", "及格", "TRUE", "○"])
def test_yes(value: Value) -> None:
    assert cells.yes_no(value) is True


@pytest.mark.parametrize("value", [False, 0, "否", "N", "x", "不及格", "無", "false"])
def test_no(value: Value) -> None:
    assert cells.yes_no(value) is False


@pytest.mark.parametrize("value", [None, "", "?", 2, "是否", "V V", date(2026, 1, 1)])
def test_neither_yes_nor_no(value: Value) -> None:
    assert cells.yes_no(value) == CellFault("yes-no")


def test_a_code_or_its_word() -> None:
    words = {"校級幹部": "1", "1": "1", "班級幹部": "2", "09": "9"}
    for value, meaning in (("1", "1"), (1.0, "1"), ("01", "1"), ("校級　幹部", "1"), ("２", "2"), (9, "9"), ("9", "9")):
        assert cells.one_of(value, words) == meaning
    assert cells.one_of("社團幹部", words) == CellFault("word")
    assert cells.one_of(None, words) == CellFault("word")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[(None, ""), ("\u00a0\u3000 ", ""), (" 資一甲\u3000", "資一甲"), (11503001.0, "11503001"), (0.5, "0.5")],
        *[("第一行\r\n 第二行 ", "第一行\n第二行"), ("007", "007"), (10**14, "1" + "0" * 14)],
    ],
)
def test_a_text_in_one_form(value: Value, expected: str) -> None:
    assert cells.text(value) == expected


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *[
            (True, "truth"),
            (date(2026, 1, 2), "became-date"),
            (time(1, 2), "became-date"),
            (1e15, "digits-lost"),
            (10**400, "digits-lost"),
            (-(10**400), "digits-lost"),
        ],
        *[
            ("#N/A", "error"),
            ("#VALUE!", "error"),
            ("林\u200b小", "characters"),
            ("\ue000", "characters"),
            ("a\x00", "characters"),
        ],
    ],
)
def test_what_excel_has_made_of_a_text(value: Value, kind: str) -> None:
    assert cells.text(value) == CellFault(kind)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates(), st.times(), st.none()))
def test_every_reader_answers_every_value(value: Value) -> None:
    answers: list[object] = [cells.text(value), cells.day(value, FIRST, LAST), cells.decimal(value, 0, 100)]
    answers += [cells.whole(value, 0, 100), cells.yes_no(value), cells.one_of(value, {"a": "b"})]
    assert all(isinstance(answer, str | int | CellFault) for answer in answers)
