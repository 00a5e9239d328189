"""Claims: what another platform certified before the school began here, by the word of the registrar (伍.五 註冊組).

A claim is never a certification of this school: it is signed in a namespace of its own, it makes a state of its own,
and it counts only while nobody here has decided on the output.
"""

from __future__ import annotations

from datetime import date

from licheng.core.certification import Decision
from licheng.core.dates import TAIPEI
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.core.trust import Claim
from licheng.policy import keys
from licheng.policy.authority import REGISTRAR, holds
from licheng.policy.enrolment import was_elsewhere


def counted(item: Record, student: Student, school: School) -> Claim | None:
    """The claim of an output that counts, whether the output has changed since or not."""
    below = item.folder.removeprefix(f"{student.folder}/")
    for claim in student.claims:
        if claim.item == below and fault(claim, school) is None and is_eligible(claim, student, school):
            return claim
    return None


def fault(claim: Claim, school: School) -> str | None:
    """Why a claim is not the registrar's word, or None."""
    if claim.fault is not None:
        return claim.fault
    signed_on = day_of(claim)
    if claim.on != signed_on or signed_on > school.today or (claim.certified_on or signed_on) > signed_on:
        return "other-day"
    if not holds(claim.by.staff, school, signed_on, REGISTRAR):
        return "not-registrar"
    return None if keys.vouched(claim.by, claim.signed_at, school) else "signature"


def is_eligible(claim: Claim, student: Student, school: School) -> bool:
    """Whether what a claim is about can have been certified elsewhere, on a platform that the school has named."""
    known = claim.platform in school.platforms and has_signers(claim, school)
    return known and is_earlier(claim, student, school) and decided_before(claim, student) is None


def has_signers(claim: Claim, school: School) -> bool:
    """Whether what says that it was signed elsewhere is of a school whose signers are enrolled."""
    return not claim.is_signed or claim.platform in school.signers


def is_earlier(claim: Claim, student: Student, school: School) -> bool:
    """Whether the output's term was over before the school began here: what is of later is certified here (肆.一).

    Or before the student came from another school, whose teachers signed for it.
    """
    own, term = student.one("student"), term_of(claim)
    return school.is_before_start(term) or (claim.is_signed and own is not None and was_elsewhere(own, term))


def decided_before(claim: Claim, student: Student) -> str | None:
    """The path of a decision of this school, before the claim, on the output or that sent one of its files back.

    Whoever has work returned here hands it in again; no claim may take the place of that, nor under another name.
    """
    files = {file.sha256 for file in claim.subject if file.name != "item.md"}
    for event in student.events:
        payload = event.payload
        if payload is None or payload.issued_at >= claim.signed_at:
            continue
        sent_back = payload.decision in {Decision.RETURNED, Decision.REVOKED}
        if event.item == claim.item or (sent_back and files & {file.sha256 for file in payload.subject}):
            return event.path
    return None


def term_of(claim: Claim) -> Term:
    """The term of the output."""
    return Term.parse(claim.item.split("/")[1])


def day_of(claim: Claim) -> date:
    """The day on which it was signed, Asia/Taipei."""
    return claim.signed_at.astimezone(TAIPEI).date()
