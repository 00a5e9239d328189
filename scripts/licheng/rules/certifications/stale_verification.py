"""What was verified has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.verification import Standing, differing, standing


@rule(
    "CER020",
    "stale-verification",
    kinds=("verification",),
    reads=("student", "course-records", "statement", "term-calendar"),
    severity=Severity.WARNING,
)
def stale_verification(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """Nobody's fault, and to be verified again (伍.五): until then it does not count as done."""
    if standing(record, owner, school) is Standing.STALE:
        yield this.finding(record.at("digest"), files=differing(record, owner))
