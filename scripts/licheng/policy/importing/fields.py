"""Fields that several imports have: a line, a span of days, a code of the agency's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from licheng.core.term import Term
from licheng.policy.cells import CellFault, Read, day, one_of, text
from licheng.policy.importing.columns import FIRST_DAY, LAST_DAY, student_of
from licheng.policy.importing.kinds import Column, RecordPart, RefusedRowError, Values
from licheng.policy.importing.known import Known

_LONGEST_LINE = 200  # characters, as in the schemas

any_day = partial(day, first=FIRST_DAY, last=LAST_DAY)


def line(value: Any) -> Read:
    """A text of one line; where a cell breaks it, a blank."""
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain
    joined = " ".join(plain.split("\n"))
    return joined if len(joined) <= _LONGEST_LINE else CellFault("too-long", high=str(_LONGEST_LINE))


SPAN = (
    Column("starts", ("開始日期", "起始日期", "開始日", "起", "任職日期"), any_day),
    Column("ends", ("結束日期", "終止日期", "結束日", "迄", "卸任日期"), any_day),
)


def span(row: Values) -> dict[str, str]:
    """The first and the last day of a row.

    Raises:
        RefusedRowError: it ends before it begins.
    """
    if row["ends"] < row["starts"]:
        raise RefusedRowError("ends", "before", other=row["starts"])
    return {"starts": row["starts"], "ends": row["ends"]}


def part_of_span(
    row: Values, known: Known, *, record: str, name: str, keys: Sequence[str] = (), others: Sequence[str] = ()
) -> RecordPart:
    """A student's record of something that has a name and lasts.

    Args:
        row: of the file.
        known: the school.
        record: its kind.
        name: the column of what it is called.
        keys: further columns by which it is known again, after which its fields are called.
        others: columns that it also says, where the row does.
    """
    owner, days = student_of(row, known), span(row)
    named = {"name": row[name], **{key: row[key] for key in keys}}
    slug = known.slug(record, owner, {**named, "starts": days["starts"]}, str(term_on(days["starts"])))
    rest = {column: row[column] for column in others if column in row}
    return RecordPart({**owner, "slug": slug}, {**named, **days, **rest})


def term_on(day_of_record: str) -> Term:
    """The term in which a day lies."""
    return Term.on(date.fromisoformat(day_of_record))


def check_needed(row: Values, *columns: str) -> None:
    """Refuse a row that says nothing in a column which other rows may leave empty.

    Raises:
        RefusedRowError: the first of the columns that is empty.
    """
    for column in columns:
        if column not in row:
            raise RefusedRowError(column, "empty")


def check_within(row: Values, column: str, term: str) -> None:
    """Refuse a day outside its term.

    Raises:
        RefusedRowError: it lies before or after it.
    """
    first, last = (each.isoformat() for each in (Term.parse(term).first_day, Term.parse(term).last_day))
    if not first <= row[column] <= last:
        raise RefusedRowError(column, "outside", low=first, high=last)


def code_of(row: Values, column: str, codes: str, known: Known, when: Term, cohort: int) -> Any:
    """A code of one of the agency's lists, by itself or by its name in either language: `1`, `校級`, `1 校級`.

    Args:
        row: what the row says.
        column: in which it stands.
        codes: the list's name in `rulebook/agency/`.
        known: the context.
        when: the record's term, whose list holds.
        cohort: the student's; of the school's own records its year.

    Raises:
        RefusedRowError: the list has no such code.
    """
    lists = known.school.agency.section("codes", when, cohort) or {}
    entries = lists.get(codes, {"values": ()})["values"]
    names = [(str(entry["code"]), entry["name"]["zh"], entry["name"]["en"]) for entry in entries]
    words = {word: code for code, zh, en in names for word in (zh, en, code, f"{code}{zh}", f"{code}.{zh}")}
    code = one_of(row[column], words)
    if isinstance(code, CellFault):
        shown = tuple(zh if code == zh else f"{code} {zh}" for code, zh, _ in names)
        raise RefusedRowError(column, "unknown-code", known=shown)
    return next(entry["code"] for entry in entries if str(entry["code"]) == code)
