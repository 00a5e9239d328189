"""Codes of the agency's lists: which list holds for a record's field, and what the list knows of the value there.

A list says itself whether it is complete (`complete: false` where codes are missing from it); one without any code, of
which nothing could be found out, judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from licheng.core.dates import optional_day
from licheng.core.layout import BY_NAME, KINDS, values_at
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_on
from licheng.policy.periods import days, judged_term

CODED = tuple(sorted(kind.name for kind in KINDS if kind.codes))
Lists = Mapping[str, Mapping[str, Any]]


class Coded(NamedTuple):
    """A code in a record.

    Attributes:
        list_name: of the agency's list that it should be in.
        codes: that list; None where the agency's rules do not have it.
        value: as the record has it.
    """

    list_name: str
    codes: Mapping[str, Any] | None
    value: str | int
    place: Place

    @property
    def entry(self) -> Mapping[str, Any] | None:
        """What the list says of the value; None where it does not know it."""
        entries = self.codes["values"] if self.codes is not None else ()
        return next((entry for entry in entries if entry["code"] == self.value), None)

    @property
    def is_unknown(self) -> bool:
        """The list is there and names codes, but not this one."""
        return self.codes is not None and bool(self.codes["values"]) and self.entry is None

    @property
    def title(self) -> Mapping[str, str] | str:
        """What people call the list."""
        return self.codes["name"] if self.codes is not None else self.list_name

    @property
    def allowed(self) -> Mapping[str, str]:
        """The codes that the list knows, with their names, by language."""
        entries = self.codes["values"] if self.codes is not None else ()
        texts = {}
        for language, separator in (("zh", "、"), ("en", ", ")):
            # A list without codes has its names for codes.
            named = ((entry["code"], entry["name"][language]) for entry in entries)
            texts[language] = separator.join(name if code == name else f"{code} {name}" for code, name in named)
        return texts


def is_complete(codes: Mapping[str, Any]) -> bool:
    """Whether all codes of a list are known; a list that does not say is."""
    return bool(codes.get("complete", True))


def last_use(entry: Mapping[str, Any]) -> date | None:
    """The last day of a code that has ended."""
    return optional_day(entry.get("until"))


def used_on(record: Record, today: date) -> date:
    """The day by which a record's codes are judged: its first own day, or else the first of its term."""
    return next((when for _, when, _ in days(record)), judged_term(record, today).first_day)


def lists(record: Record, owner: Student | None, school: School) -> Lists | None:
    """The lists that held in the record's term; None where no rules of the agency hold."""
    cohort = owner.cohort if owner is not None else year_on(school.today)
    section: Lists | None = school.agency.section("codes", judged_term(record, school.today), cohort)
    return section


def coded(record: Record, known: Lists | None) -> Iterator[Coded]:
    """Every code of a record, in the order of its kind's fields; none where no rules of the agency hold."""
    if known is None:
        return
    category = record.data.get("category", "")
    for field in BY_NAME[record.kind].codes:
        if field.category == category:
            for value, pointer in values_at(record.data, field.pointer):
                yield Coded(field.codes, known.get(field.codes), value, record.at(*pointer))
