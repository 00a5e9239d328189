"""A national ID or residence number stands in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import privacy


@rule("PRI001", "national-id")
def national_id(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """Identity stands in the encrypted basic data only (個資法 §5); comments and bodies are read too."""
    for trace in privacy.national_ids(privacy.fold(record.text)):
        yield this.finding(record.at_offset(trace.offset), masked=trace.masked)
