"""A student submits more course outputs in a term than the rulebook allows."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.quota import submitted_tallies
from licheng.rules.quotas.beyond import beyond


@rule("QUO001", "too-many-course-outputs", scope="student", kinds=("course-output",), reads=("rulebook",))
def too_many_course_outputs(this: Rule, student: Student, school: School) -> Iterator[Outcome]:
    """At most three a term in 育仁's regulation (肆.一); drafts do not count."""
    if not school.rulebooks.versions:
        yield this.skip("no-rulebook", student.folder)
    yield from beyond(this, submitted_tallies(student, school, "course-output"))
