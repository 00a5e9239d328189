"""A student whose records were sealed has records."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF039", "sealed-yet-here", scope="student", reads=("seal",))
def sealed_yet_here(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """What was sealed is nowhere else, and no id is given twice (肆.四)."""
    if student.id in school.sealed:
        yield this.finding(Place(f"{student.folder}/student.yaml"), student=student.id)
