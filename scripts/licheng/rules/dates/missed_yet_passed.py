"""A student missed the examination and is said to pass."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("DAT009", "missed-yet-passed", kinds=("marks",))
def missed_yet_passed(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """Who missed it passes by the resit (補考), if at all: `passed` is the verdict without it (肆.三)."""
    for index, entry in enumerate(record.data["marks"]):
        if entry.get("state") == "missed" and entry["passed"]:
            yield this.finding(record.at("marks", index, "passed"), course=entry["course"])
