"""A code is not in the agency's list."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import BY_NAME, KINDS
from licheng.core.location import Pointer
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_on
from licheng.policy.periods import judged_term

_CODED = tuple(sorted(kind.name for kind in KINDS if kind.codes))


@rule("COD001", "unknown-code", kinds=_CODED, reads=("agency-rules",))
def unknown_code(this: Rule, record: Record, owner: Student | None, school: School) -> Iterator[Outcome]:
    """The list that held in the record's term."""
    cohort = owner.cohort if owner is not None else year_on(school.today)
    lists = school.agency.section("codes", judged_term(record, school.today), cohort)
    if lists is None:
        yield this.skip("no-agency-rules", record.path)
        return
    for name, value, pointer in _coded_values(record):
        entries = lists.get(name, {"values": ()})["values"]
        if value not in [entry["code"] for entry in entries]:
            title = lists.get(name, {}).get("name", name)
            allowed = {}
            for language, separator in (("zh", "、"), ("en", ", ")):
                # A list without codes has its names for codes.
                named = ((entry["code"], entry["name"][language]) for entry in entries)
                allowed[language] = separator.join(name if code == name else f"{code} {name}" for code, name in named)
            yield this.finding(record.at(*pointer), list=title, found=value, allowed=allowed)


def _coded_values(record: Record) -> Iterator[tuple[str, str | int, Pointer]]:
    """Code list, value and pointer of every code in a record."""
    category = record.data.get("category", "")
    for field in BY_NAME[record.kind].codes:
        value = record.data.get(field.name) if field.category == category else None
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield field.codes, entry, (field.name, index)
        elif value is not None:
            yield field.codes, value, (field.name,)
