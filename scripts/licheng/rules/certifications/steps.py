"""The steps of a certification's verification as rules: one procedure in `licheng.policy.certification`, one code each.

They share one function, as they are one verification; what differs is the code that the procedure gives a fault.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.certification import faulty

_READS = (
    *("genesis", "staff-keys", "staff", "accounts", "course-offerings", "rulebook"),
    *("student", "course-records", "course-output"),
)


def check(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """A decision counts only when every property holds (肆.一: 經任課或指導教師認證)."""
    for judged in faulty(student, school):
        for fault in judged.faults:
            if fault.code == this.code:
                place: Place = Place(judged.event.path)
                if fault.values.get("case") == "no-course":  # one cause of many: the report says it once
                    place = next(
                        record.at_key("courses")
                        for record in school.of("course-offerings")
                        if str(record.term) == fault.values["term"]
                    )
                yield Finding(this.code, this.severity, place, fault.values)


def _step(code: str, name: str) -> Rule:
    return rule(code, name, scope="student", reads=_READS)(check)


malformed_certification = _step("CER001", "malformed-certification")
malformed_signature = _step("CER002", "malformed-signature")
forged_certification = _step("CER003", "forged-certification")
foreign_certification = _step("CER004", "foreign-certification")
misplaced_certification = _step("CER005", "misplaced-certification")
broken_chain = _step("CER006", "broken-chain")
forked_chain = _step("CER007", "forked-chain")
untimely_certification = _step("CER008", "untimely-certification")
unknown_key = _step("CER009", "unknown-key")
ended_key = _step("CER010", "ended-key")
unauthorised_certifier = _step("CER011", "unauthorised-certifier")
self_certification = _step("CER012", "self-certification")
undelegated_substitute = _step("CER013", "undelegated-substitute")
other_rulebook = _step("CER014", "other-rulebook")
reason_not_allowed = _step("CER015", "reason-not-allowed")
missing_signature = _step("CER017", "missing-signature")
