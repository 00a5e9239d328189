"""Claims of another platform as rules: whose word, which platform, what time, what was decided here, what it is about.

The judgements are those of `licheng.policy.claims`; what differs is the code. A claim that fails makes no state.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import Claim
from licheng.policy import claims
from licheng.policy.certification import State, state

_READS = ("claim", "course-output", "genesis", "staff-keys", "staff", "school", "certification")


@rule("CER022", "unsigned-claim", scope="student", reads=_READS)
def unsigned_claim(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """Only the registrar says what another platform certified (伍.五), by a signature over this very output."""
    for claim, place in _claims(student, school, "by"):
        reason = claims.fault(claim, school)
        if reason is not None:
            yield this.finding(place, by=claim.by.staff, reason=reason)


@rule("CER023", "unlisted-platform", scope="student", reads=_READS)
def unlisted_platform(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """The school says from which platforms its records come; nobody invents one for a single work."""
    for claim, place in _claims(student, school, "platform"):
        if claim.platform not in school.platforms:
            yield this.finding(place, platform=claim.platform, listed=tuple(sorted(school.platforms)), case="")
        elif not claims.has_signers(claim, school):
            yield this.finding(place, platform=claim.platform, listed=(), case="no-signers")


@rule("CER024", "claim-of-our-time", scope="student", reads=_READS)
def claim_of_our_time(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """What belongs to a term of this school's own records is certified by its teachers (肆.一), nowhere else."""
    for claim, place in _claims(student, school, "platform"):
        if not claims.is_earlier(claim, student, school):
            yield this.finding(place, term=str(claims.term_of(claim)), start=str(school.start))


@rule("CER025", "claim-over-decision", scope="student", reads=_READS)
def claim_over_decision(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """What this school decided on stays decided here (肆.一); a claim does not lead around a return."""
    for claim, place in _claims(student, school, "files"):
        before = claims.decided_before(claim, student)
        if before is not None:
            yield this.finding(place, decision_file=before, related=(Place(before),))


@rule("CER026", "orphan-claim", scope="student", reads=_READS)
def orphan_claim(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """A claim is about an output that is there; it is never deleted, nor is the output."""
    for claim, place in _claims(student, school, "files"):
        folder = f"{student.folder}/{claim.item}"
        if folder not in student.outputs:
            yield this.finding(place, item=folder)


@rule("CER027", "stale-claim", scope="student", reads=_READS, severity=Severity.NOTICE)
def stale_claim(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """A state, not an error, until someone would use the output: a teacher here certifies what is there now."""
    for item in student.of("course-output"):
        now = state(item, student, school)
        if now.state is State.STALE and now.claim is not None:
            yield this.finding(item.at("submitted"), platform=school.platforms[now.claim.platform], files=now.changed)


def _claims(student: Student, school: School, field: str) -> Iterator[tuple[Claim, Place]]:
    """Each claim, and where a field of it stands; none without a genesis, where nothing signed can be judged."""
    records = {record.path: record for record in student.of("claim")}
    for claim in student.claims if school.trust.repository is not None else ():
        yield claim, records[claim.path].at(field)
