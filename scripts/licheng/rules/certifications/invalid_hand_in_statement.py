"""A student's statement of a hand-in counts for nothing: malformed, elsewhere than it says, or not signed by her."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.changes import fault


@rule("CHG002", "invalid-hand-in-statement", scope="student", reads=("student-keys", "genesis", "staff-keys"))
def invalid_hand_in_statement(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """Nobody has to sign a hand-in, but a signature that is there must be right (肆.三)."""
    if school.trust.repository is None:
        return  # nothing signed can be judged: TRU002
    for change in student.stated:
        why = fault(change, school, student)
        if why is not None:
            yield this.finding(Place(change.path), reason=why)
