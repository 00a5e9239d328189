"""Columns that several imports have: who a row is about, which term, which class, which course."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from licheng.core.term import Term
from licheng.policy.cells import CellFault, narrow, text
from licheng.policy.enrolment import level_and_class
from licheng.policy.identities import HEADINGS
from licheng.policy.importing.kinds import Column, RefusedRowError, Values
from licheng.policy.importing.known import Known
from licheng.policy.importing.people import WAYS, WhoError
from licheng.policy.importing.rows import names_in

# Days that a school's lists may name: since the first school year of three digits, and a few years ahead.
FIRST_DAY, LAST_DAY = date(2011, 8, 1), date(2110, 7, 31)
_TERM = re.compile(r"(1[0-9]{2})(?:學年度?)?-?第?([12上下])(?:學期)?", re.ASCII)
_LEVELS = {"一": 10, "二": 11, "三": 12, "1": 10, "2": 11, "3": 12, "10": 10, "11": 11, "12": 12}
_HALVES = {"1": 1, "2": 2, "上": 1, "下": 2, "一": 1, "二": 2}


def level(value: Any) -> int | CellFault:
    """年級: `1`, `一`, `高一`, `一年級`, `10`; 10, 11 or 12."""
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain
    return _LEVELS.get(narrow(plain).removeprefix("高").removesuffix("級").removesuffix("年"), CellFault("level"))


def term(value: Any) -> str | CellFault:
    """學年期: `115-1`, `1151`, `115學年度第1學期`, `115上`."""
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain
    match = _TERM.fullmatch(narrow(plain))
    return f"{match[1]}-{_HALVES[match[2]]}" if match is not None else CellFault("term")


def half(value: Any) -> int | CellFault:
    """學期 beside 學年度: `1`, `上`, `第一學期`."""
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain
    return _HALVES.get(narrow(plain).removeprefix("第").removesuffix("學期"), CellFault("half"))


def year(value: Any) -> int | CellFault:
    """學年度: 100 to 199."""
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain
    digits = narrow(plain).removesuffix("學年度")
    return int(digits) if re.fullmatch(r"1[0-9]{2}", digits, re.ASCII) else CellFault("cohort")


WHO = tuple(
    Column(name, (*HEADINGS[name][1:], name), text, needed=False, is_identity=True)
    for name in ("number", "id_number", "student", "class_name", "seat", "name")
)
# Where the class is what the row says, and no way to tell who it is about.
WHO_BUT_CLASS = tuple(column for column in WHO if column.name not in {"class_name", "seat"})
TERM = (
    Column("term", ("學年學期", "學年期", "學年度學期", "開課學年期"), term, needed=False),
    Column("year", ("學年度", "學年", "開課學年度"), year, needed=False),
    Column("half", ("學期", "開課學期"), half, needed=False),
)
COURSE = Column("course", ("課程代碼", "課程id", "課程", "科目代碼", "科目名稱", "科目", "課程名稱"), text)


def term_of(row: Values) -> str:
    """The term of a row, by one column or by two, or as the caller says.

    Raises:
        RefusedRowError: it says none, or two.
    """
    by_two = str(Term(row["year"], row["half"])) if "year" in row and "half" in row else None
    term = row.get("term", by_two)
    if by_two not in {None, term}:
        raise RefusedRowError("half", "other-term", term=term)
    if term is not None:
        return str(term)
    raise RefusedRowError("half" if "year" in row else "year" if "half" in row else "term", "no-term")


def student_of(row: Values, known: Known, *, enrolled: bool = True) -> dict[str, str]:
    """Whose record a row is about, as paths need it.

    Args:
        row: what the row says.
        known: the context.
        enrolled: the repository must have the student already.

    Raises:
        RefusedRowError: nobody, several, or not enrolled.
    """
    try:
        person = known.people.of(row)
    except WhoError as error:
        raise RefusedRowError(error.column, error.kind) from error
    cohort = known.cohorts.get(person.student)
    if cohort is None and enrolled:
        way = next(way for way in WAYS if all(row.get(column) for column in way))
        raise RefusedRowError(way[-1], "not-here")
    return {"student": person.student, "cohort": cohort or str(person.cohort)}


def place_in(identity: Mapping[str, str], on: Term, known: Known) -> tuple[int, str] | None:
    """Year level and class of a student at a term's end."""
    record = known.record("student", cohort=identity["cohort"], student=identity["student"])
    return level_and_class(record, on.last_day) if record is not None else None


def course_of(row: Values, of_term: str, level_of: int | None, known: Known) -> Mapping[str, Any]:
    """The course of a row as it is offered: by its id, its code, or its subject, of several that of the year level.

    Raises:
        RefusedRowError: the term offers no such course, or several.
    """
    wanted = narrow(row["course"])
    if not known.offered(of_term):
        raise RefusedRowError("course", "no-offerings", term=of_term)
    for courses in known.courses_called(of_term, wanted):
        alike = [course for course in courses if course["level"] == level_of] if len(courses) > 1 else courses
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise RefusedRowError("course", "several-courses", term=of_term)
    raise RefusedRowError("course", "unknown-course", term=of_term)


def class_names(cell: str, known: Known) -> list[str]:
    """The classes of a cell, as the school names them."""
    return [known.school_class(name) for name in names_in(cell)]


def staff_of(row: Values, column: str, known: Known) -> list[str]:
    """The members of staff of a cell, by their ids; names are for the mapping's word list to tell.

    Raises:
        RefusedRowError: one of them is none of the staff, or there is nobody.
    """
    staff = [narrow(name).lower() for name in names_in(row[column])]
    if not staff or not known.school.staff.issuperset(staff):
        raise RefusedRowError(column, "unknown-staff")
    return staff
