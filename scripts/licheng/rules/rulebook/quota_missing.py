"""A rulebook has no quota of submitted course outputs or activities, or more than one."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_NEEDED = ("course-output", "activity")


@rule("RBK008", "quota-missing-or-double", kinds=("rulebook",))
def quota_missing_or_double(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """The regulation limits both (肆.一); without a quota nobody would be told, with two nobody would know which."""
    for kind in _NEEDED:
        count = sum((quota["of"], quota["stage"]) == (kind, "submitted") for quota in record.data["quotas"])
        if count != 1:
            yield this.finding(record.at_key("quotas"), kind=kind, count=count)
