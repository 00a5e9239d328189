"""A student's passkey that counts for nothing: broken, not proved to be hers, or somebody else's too."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.student_keys import fault


@rule("KEY005", "unusable-student-key", scope="student", reads=("student-keys", "genesis", "staff-keys"))
def unusable_student_key(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """A signature should prove that this student handed it in (肆.三); a key of staff is never a student's."""
    if school.trust.repository is None:
        return  # no enrolment can be judged: TRU002
    records = {record.path: record for record in student.of("student-keys")}
    for key in student.keys:
        why = fault(key, student, school)
        if why is not None:
            place = records[key.path].at("keys", key.index, "public_key")
            yield this.finding(place, student=student.id, reason=why)
