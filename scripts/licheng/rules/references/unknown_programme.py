"""A student is in a programme that the school does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF010", "unknown-programme", kinds=("student",), reads=("school",))
def unknown_programme(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """Programmes are those of `content/school/school.yaml` (伍.五 學生基本資料)."""
    if record.data["programme"] not in school.programmes:
        yield this.finding(record.at("programme"), programme=record.data["programme"])
