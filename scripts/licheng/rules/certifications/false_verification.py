"""A verification's digest is not that of the files that it lists."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.verification import recomputed


@rule("CER019", "false-verification", kinds=("verification",))
def false_verification(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """A digest is computed, never made up: who checks (伍.五) looked at just these files."""
    right = recomputed(record)
    if record.data["digest"] != right:
        yield this.finding(record.at("digest"), digest=record.data["digest"][:12], expected=right[:12])
