"""A verification is of a record that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.verification import Standing, record_path, standing


@rule("REF017", "verified-nothing", kinds=("verification",), reads=("student", "course-records", "statement"))
def verified_nothing(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """What is checked each term (伍.五: 每學期並須再次檢核確認) is a record that the student has."""
    if standing(record, owner, school) is Standing.NOTHING:
        file = record_path(record.identity["subject"], record.identity["term"])
        yield this.finding(record.at("files"), file=f"{owner.folder}/{file}")
