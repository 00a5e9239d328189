"""A course output is submitted without any file."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.quota import is_submitted


@rule("ATT016", "submitted-without-file", kinds=("course-output",))
def submitted_without_file(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """A course output is a work or a written report (伍.五: 含實作作品或書面報告等), not proof of one alone."""
    if is_submitted(record) and not any(entry.get("role") != "evidence" for entry in record.data["attachments"]):
        yield this.finding(record.at("attachments"), course=record.data["course"])
