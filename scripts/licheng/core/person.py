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
    """

    student: str
    number: str
    name: str
    id_number: str
    born: str
    class_name: str = ""
    seat: str = ""
    nonces: Mapping[str, str] = NONE

    @property
    def cohort(self) -> int:
        """The school year of entry, which the pseudonym begins with."""
        return int(self.student[1:4])


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
