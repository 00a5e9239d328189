"""The regulation's arithmetic on plain values."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.core.record import Record
from licheng.core.term import Term, year_first_day, year_last_day, year_on
from licheng.policy.disclosure import public_counts, rounded
from licheng.policy.enrolment import Interval, intervals, level_and_class


def student(*events: dict[str, object]) -> Record:
    return Record("content/students/113/s1139901/student.yaml", "student", {}, {"events": list(events)}, "", 0)


def event(on: str, name: str, level: int = 10, school_class: str = "10a") -> dict[str, object]:
    extra = {"level": level, "class": school_class} if name in {"entry", "resumption", "class-change"} else {}
    return {"on": on, "event": name, **extra}


def test_terms() -> None:
    assert str(Term.parse("115-1")) == "115-1"
    assert (Term.parse("115-1").first_day, Term.parse("115-1").last_day) == (date(2026, 8, 1), date(2027, 1, 31))
    assert (Term.parse("115-2").first_day, Term.parse("115-2").last_day) == (date(2027, 2, 1), date(2027, 7, 31))
    assert Term.parse("115-2").next == Term(116, 1)


@pytest.mark.parametrize("text", ["115", "115-3", "115-0", "0115-1", "１１５-1", "115-1\n", "", "-1"])
def test_not_a_term(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the message
        Term.parse(text)


@given(st.dates(date(1912, 8, 1), date(2900, 1, 1)))
def test_every_day_is_in_one_term(day: date) -> None:
    term = Term.on(day)
    assert term.first_day <= day <= term.last_day
    assert year_first_day(year_on(day)) <= day <= year_last_day(year_on(day))


def test_enrolment_intervals() -> None:
    record = student(
        event("2024-08-01", "entry"), event("2025-02-01", "suspension"), event("2025-08-01", "resumption"),
        event("2026-08-01", "class-change", 11, "11b"), event("2027-06-30", "graduation"),
    )  # fmt: skip
    assert intervals(record) == (
        Interval(date(2024, 8, 1), date(2025, 2, 1)),
        Interval(date(2025, 8, 1), date(2027, 6, 30)),
    )
    assert level_and_class(record, date(2026, 7, 31)) == (10, "10a")
    assert level_and_class(record, date(2026, 8, 1)) == (11, "11b")
    assert level_and_class(record, date(2024, 7, 31)) is None


@given(st.dictionaries(st.integers(), st.integers(0, 500), max_size=12), st.integers(2, 12))
def test_public_counts_are_multiples_and_add_up(counts: dict[int, int], cell: int) -> None:
    cells, total = public_counts(counts, cell)
    assert total == sum(cells.values())
    assert all(value % cell == 0 and 0 <= counts[key] - value < cell for key, value in cells.items())


def test_a_cell_below_one_is_no_rounding() -> None:
    with pytest.raises(ValueError, match="0"):
        rounded(3, 0)
