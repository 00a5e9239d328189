"""A code is not in a list of the agency's of which not all codes are known here, or the list itself is missing."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.codes import CODED, coded, is_complete, lists


@rule("COD002", "unlisted-code", kinds=CODED, reads=("agency-rules",), severity=Severity.NOTICE)
def unlisted_code(this: Rule, record: Record, owner: Student | None, school: School) -> Iterator[Finding]:
    """The agency has more codes than could be found out; of a list without any code nothing can be said."""
    for code in coded(record, lists(record, owner, school)):
        if code.codes is None:
            yield this.finding(code.place, list=code.list_name, found=code.value, allowed="", case="absent")
        elif code.is_unknown and not is_complete(code.codes):
            yield this.finding(code.place, list=code.title, found=code.value, allowed=code.allowed, case="")
