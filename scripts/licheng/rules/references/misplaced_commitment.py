"""A commitment where nothing lies in the identity table."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.commitments import is_misplaced


@rule("REF027", "misplaced-commitment", kinds=("verification",))
def misplaced_commitment(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """Course records and the statement lie in the repository (肆.一): their check lists files, and nothing hidden."""
    if is_misplaced(record):
        yield this.finding(record.at("commitment"), category=record.identity["subject"])
