"""A code is not in the agency's list, and the list is complete."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.codes import CODED, coded, is_complete, lists


@rule("COD001", "unknown-code", kinds=CODED, reads=("agency-rules",))
def unknown_code(this: Rule, record: Record, owner: Student | None, school: School) -> Iterator[Outcome]:
    """The list that held in the record's term."""
    known = lists(record, owner, school)
    if known is None:
        yield this.skip("no-agency-rules", record.path)
    for code in coded(record, known):
        if code.is_unknown and code.codes is not None and is_complete(code.codes):
            yield this.finding(code.place, list=code.title, found=code.value, allowed=code.allowed)
