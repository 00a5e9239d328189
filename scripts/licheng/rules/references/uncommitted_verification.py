"""A check of basic data says nothing of the row of the identity table that was looked at."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.commitments import SINCE, lacks_commitment


@rule("REF024", "uncommitted-verification", kinds=("verification",), since=SINCE)
def uncommitted_verification(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """Names and ID numbers lie outside the repository; only a commitment ties the check (伍.五) to them."""
    if lacks_commitment(record):
        yield this.finding(record.at("commitment"), term=record.identity["term"])
