"""A student submits more activities in a school year than the rulebook allows."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.quota import submitted_tallies
from licheng.rules.quotas.beyond import beyond


@rule("QUO002", "too-many-activities", scope="student", kinds=("activity",), reads=("rulebook",))
def too_many_activities(this: Rule, student: Student, school: School) -> Iterator[Outcome]:
    """At most ten a school year (肆.一); what the school or an outside body registered does not count."""
    if not school.rulebooks.versions:
        yield this.skip("no-rulebook", student.folder)
    yield from beyond(this, submitted_tallies(student, school, "activity"))
