"""A commitment that nobody computed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.commitments import commitment_of, is_degenerate


@rule("REF025", "degenerate-commitment", kinds=("verification",))
def degenerate_commitment(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """All zeros, a pattern, a digest from beside it: no row of the table was looked at (伍.五)."""
    if is_degenerate(record):
        yield this.finding(record.at("commitment"), commitment=commitment_of(record)[:12])
