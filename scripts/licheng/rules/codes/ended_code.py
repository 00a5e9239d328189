"""A record uses a code after the agency has ended it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.codes import CODED, coded, last_use, lists, used_on


@rule("COD003", "ended-code", kinds=CODED, reads=("agency-rules",))
def ended_code(this: Rule, record: Record, owner: Student | None, school: School) -> Iterator[Finding]:
    """A record of the last day may still use it (伍.末: the agency's forms as they hold)."""
    on = used_on(record, school.today)
    for code in coded(record, lists(record, owner, school)):
        until = last_use(code.entry) if code.entry is not None else None
        if until is not None and on > until:
            yield this.finding(
                code.place, list=code.title, found=code.value, until=until.isoformat(), on=on.isoformat()
            )
