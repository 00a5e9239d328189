"""A rulebook is in force before the 校務會議 passed it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("RBK009", "in-force-before-passed", kinds=("rulebook",))
def in_force_before_passed(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """The regulation takes force after it was passed; so does its amendment (捌)."""
    on, force = record.data["passed"]["on"], record.identity["date"]
    if day(on) > day(force):
        yield this.finding(record.at("passed", "on"), on=on, force=force)
