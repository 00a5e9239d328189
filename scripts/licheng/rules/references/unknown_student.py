"""An account or a seat belongs to a student that the school does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF008", "unknown-student", kinds=("accounts", "seat-holders"))
def unknown_student(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """A student's account has a folder in `content/students/` (伍.五 系統維護), or had until it was sealed (肆.四)."""
    known = school.students | school.sealed
    for index, account in enumerate(record.data.get("accounts", ())):
        if account["holder"] == "student" and account["id"] not in known:
            yield this.finding(record.at("accounts", index, "id"), student=account["id"])
    for index, seat in enumerate(record.data.get("terms", ())):
        if seat.get("student", "") not in {"", *known}:
            yield this.finding(record.at("terms", index, "student"), student=seat["student"])
