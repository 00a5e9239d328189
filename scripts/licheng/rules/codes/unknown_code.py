"""A code is not in the agency's list."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_on
from licheng.policy.codes import KINDS, coded_values
from licheng.policy.periods import judged_term


@rule("COD001", "unknown-code", kinds=KINDS, reads=("agency-rules",))
def unknown_code(this: Rule, record: Record, owner: Student | None, school: School) -> Iterator[Finding]:
    """The list that held in the record's term."""
    cohort = owner.cohort if owner is not None else year_on(school.today)
    lists = school.agency.section("codes", judged_term(record, school.today), cohort)
    if lists is None:
        return
    for name, value, pointer in coded_values(record):
        known = [entry["code"] for entry in lists.get(name, {"values": ()})["values"]]
        if value not in known:
            allowed = ", ".join(map(str, known))
            yield this.finding(record.at(*pointer), list=name, found=value, allowed=allowed)
