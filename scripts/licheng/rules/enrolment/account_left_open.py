"""A student has left, and the account is still open."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import optional_day
from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.enrolment import CLOSING, left_on


@rule("ENR012", "account-left-open", kinds=("student",), reads=("accounts",), severity=Severity.WARNING)
def account_left_open(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """The file holds what belongs to the time at the school (肆.一); its door is closed with it (伍.五 系統維護)."""
    last = left_on(record, school.today)
    entry = school.account_of.get(owner.id) if last is not None else None
    ends = optional_day(entry.get("to")) if entry is not None else None
    if last is not None and entry is not None and (ends is None or ends >= school.today):
        leaving = max(index for index, event in enumerate(record.data["events"]) if event["event"] in CLOSING)
        yield this.finding(record.at("events", leaving, "on"), account=owner.id, day=last.isoformat())
