"""A waiver that the executive secretary did not sign."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.waivers import fault


@rule("WAI001", "unsigned-waiver", scope="student", reads=("waiver", "genesis", "staff-keys", "staff"))
def unsigned_waiver(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """What may be late is for the executive secretary to allow (伍.二), nobody else."""
    if school.trust.repository is None:
        return  # nothing signed can be judged: TRU002
    records = {record.path: record for record in student.of("waiver")}
    for waiver in student.waivers:
        reason = fault(waiver, school)
        if reason is not None:
            yield this.finding(records[waiver.path].at("by"), by=waiver.by.staff, reason=reason)
