"""A certification is for an item that the student does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.certification import item_of


@rule("CER016", "orphan-certification", scope="student", reads=("course-output",))
def orphan_certification(this: Rule, student: Student, _school: School) -> Iterator[Finding]:
    """Certifications are never deleted, nor is what they certify; no file is lost."""
    for event in student.events:
        if item_of(event, student) is None:
            yield this.finding(Place(event.path), item=f"{student.folder}/{event.item}")
