"""Who a student is: a row of the registrar's identity table, which never lies in the repository."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

NONE: Mapping[str, str] = MappingProxyType({})


class Person(NamedTuple):
    """One student's row.

    Attributes:
        student: the pseudonym, `s1150123`, by which the repository knows the student.
        number: 學號, as the school writes it, leading zeros included.
        name: 姓名.
        id_number: 身分證統一編號 or 居留證號, ten characters, in upper case.
        born: day of birth, ISO 8601.
        class_name: 班級, free text; empty if not known.
        seat: 座號, without leading zeros; empty if not known.
        nonces: by term (`115-1`) 64 hex digits drawn at random, which later commitments to this row need.
        gender_code: 性別代碼.
        special_status: 特殊身分別, the agency's codes in order, with commas between.
        indigenous_group: 原住民族別.
        indigenous_status: 原住民身分別.
        indigenous_dialect: 族語認證報考方言.
        indigenous_exam_year: 族語認證報考年度.
        indigenous_valid_until: 族語認證有效日期, ISO 8601.
        entry_mode: 入學方式; some ways say a special status.
    """

    student: str
    number: str
    name: str
    id_number: str
    born: str
    class_name: str = ""
    seat: str = ""
    nonces: Mapping[str, str] = NONE
    gender_code: str = ""
    special_status: str = ""
    indigenous_group: str = ""
    indigenous_status: str = ""
    indigenous_dialect: str = ""
    indigenous_exam_year: str = ""
    indigenous_valid_until: str = ""
    entry_mode: str = ""

    @property
    def further(self) -> Mapping[str, str]:
        """What the row says beyond who the student is, by field."""
        return {name: text for name in FURTHER if (text := getattr(self, name))}

    @property
    def cohort(self) -> int:
        """The school year of entry, which the pseudonym begins with."""
        return int(self.student[1:4])


# What the roster of students asks for besides (學生資料名冊): sensitive, so it is in the table or nowhere.
FURTHER = Person._fields[Person._fields.index("nonces") + 1 :]


class Forgotten(NamedTuple):
    """That a row was destroyed (個資法 §11), and not whose it was.

    Attributes:
        student: the pseudonym, which nobody is given again.
        forgotten_on: the day, ISO 8601.
        reason: one of `REASONS`.
    """

    student: str
    forgotten_on: str
    reason: str


# The purpose has ended or its time is over; the person asked for it; the row should never have been.
REASONS = ("ended", "request", "mistake")
