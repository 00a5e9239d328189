"""An item was changed after it was certified."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.certification import State, state

_READS = ("genesis", "staff-keys", "staff", "accounts", "course-offerings", "rulebook", "student", "course-records")


@rule(
    "CER018",
    "stale-certification",
    scope="student",
    kinds=("course-output",),
    reads=_READS,
    severity=Severity.NOTICE,
)
def stale_certification(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """A state, not an error, until someone would use the item: the teacher certifies again what is there now."""
    for item in student.of("course-output"):
        status = state(item, student, school)
        if status.state is State.STALE and status.event is not None:
            yield this.finding(item.at("submitted"), files=status.changed)
