"""A student's folder has no `student.yaml`."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF012", "missing-student-record", scope="student", kinds=("student",))
def missing_student_record(this: Rule, student: Student, _school: School) -> Iterator[Finding]:
    """Every folder in `content/students/` belongs to a student that 註冊組 entered (伍.五 學生基本資料)."""
    if student.one("student") is None:
        yield this.finding(Place(f"{student.folder}/student.yaml"), student=student.id)
