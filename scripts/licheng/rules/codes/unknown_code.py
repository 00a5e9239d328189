"""A code is not in the agency's list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_on
from licheng.policy.codes import KINDS, coded_values
from licheng.policy.periods import judged_term


@rule("COD001", "unknown-code", kinds=KINDS, reads=("agency-rules",))
def unknown_code(this: Rule, record: Record, owner: Student | None, school: School) -> Iterator[Outcome]:
    """The list that held in the record's term."""
    cohort = owner.cohort if owner is not None else year_on(school.today)
    lists = school.agency.section("codes", judged_term(record, school.today), cohort)
    if lists is None:
        yield this.skip("no-agency-rules", record.path)
        return
    for name, value, pointer in coded_values(record):
        entries = lists.get(name, {"values": ()})["values"]
        if value not in [entry["code"] for entry in entries]:
            title = lists.get(name, {}).get("name", name)
            yield this.finding(record.at(*pointer), list=title, found=value, allowed=_choices(entries))


def _choices(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The codes with their names, in both languages; a list without codes has its names for codes."""
    shown = {"zh": "、", "en": ", "}
    return {
        language: separator.join(_choice(entry["code"], entry["name"][language]) for entry in entries)
        for language, separator in shown.items()
    }


def _choice(code: str | int, name: str) -> str:
    return name if code == name else f"{code} {name}"
