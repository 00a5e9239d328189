"""What is signed of a student beside decisions: a waiver, the student's own passkeys, and what these have signed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import statements, waivers


@rule("WAI001", "unsigned-waiver", scope="student", reads=("waiver", "genesis", "staff-keys", "staff"))
def unsigned_waiver(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """What may be late is for the executive secretary to allow (伍.二), nobody else."""
    if school.trust.repository is None:
        return  # nothing signed can be judged: TRU002
    records = {record.path: record for record in student.of("waiver")}
    for waiver in student.waivers:
        reason = waivers.fault(waiver, school)
        if reason is not None:
            yield this.finding(records[waiver.path].at("by"), by=waiver.by.staff, reason=reason)


@rule("KEY005", "unusable-student-key", scope="student", reads=("student-keys", "genesis", "staff-keys"))
def unusable_student_key(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """A signature should prove that this student handed it in (肆.三); a key of staff is never a student's."""
    if school.trust.repository is None:
        return  # no enrolment can be judged: TRU002
    records = {record.path: record for record in student.of("student-keys")}
    for key in student.keys:
        why = statements.fault_of_key(key, student, school)
        if why is not None:
            place = records[key.path].at("keys", key.index, "public_key")
            yield this.finding(place, student=student.id, reason=why)


@rule("CHG002", "invalid-hand-in-statement", scope="student", reads=("student-keys", "genesis", "staff-keys"))
def invalid_hand_in_statement(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """Nobody has to sign a hand-in, but a signature that is there must be right (肆.三)."""
    if school.trust.repository is None:
        return  # nothing signed can be judged: TRU002
    for change in student.stated:
        why = statements.fault(change, school, student)
        if why is not None:
            yield this.finding(Place(change.path), reason=why)
