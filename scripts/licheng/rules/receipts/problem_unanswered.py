"""A student reported a problem with a receipt, and nobody has answered within the working days that there are."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.receiving.confirming import problems


@rule(
    "RCT003",
    "problem-unanswered",
    scope="student",
    kinds=("receipt-confirmation", "receipt-answer"),
    reads=("rulebook", "term-calendar"),
    of_the_days=True,
)
def problem_unanswered(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """Working days are those of the school's calendars."""
    for problem in problems(student, school):
        if problem.is_late(school.today):
            report = problem.report
            yield this.finding(report.at("answer"), on=report.data["on"], due=problem.due.isoformat())
