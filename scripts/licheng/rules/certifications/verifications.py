"""What units have checked (檢核): a digest that is made up, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.verification import Standing, differing, recomputed, standing


@rule("CER019", "false-verification", kinds=("verification",))
def false_verification(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """A digest is computed, never made up: who checks (伍.五) looked at just these files."""
    right = recomputed(record)
    if record.data["digest"] != right:
        yield this.finding(record.at("digest"), digest=record.data["digest"][:12], expected=right[:12])


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
