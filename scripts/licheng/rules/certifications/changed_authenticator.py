"""A passkey that says otherwise than at its enrolment whether it may be copied."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.certification import verified


@rule(
    "CER028",
    "changed-authenticator",
    scope="student",
    kinds=("course-output",),
    reads=("genesis", "staff-keys"),
    severity=Severity.WARNING,
)
def changed_authenticator(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """Web Authentication (Level 3, 6.1.3): backup eligibility is set when a credential is made and never changes."""
    for decisions in verified(student, school).values():
        for event in (judged.event for judged in decisions if not judged.faults):
            signature, payload = event.signature, event.payload
            if signature is None or payload is None or signature.can_be_copied is None:
                continue
            at_enrolment = {
                key.possession.can_be_copied
                for key in school.trust.keys_of(payload.certifier)
                if key.fingerprint == signature.fingerprint
            }
            if signature.can_be_copied not in at_enrolment:
                yield this.finding(Place(event.path), certifier=payload.certifier, fingerprint=payload.key_fingerprint)
