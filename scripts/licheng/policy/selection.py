"""What may be selected (勾選) and released (肆.二): of course outputs what is certified and unchanged (肆.一).

What another platform certified before the school began here may be too, as what it is (`policy.claims`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from licheng.core.certification import Decision
from licheng.core.dates import TAIPEI
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import claims
from licheng.policy.certification import USABLE, state, verified


class Use(StrEnum):
    """Whether a selection or a consent can use an output."""

    USABLE = "usable"
    TAKEN_BACK = "taken-back"  # certified when it was selected, returned or revoked since: nobody selected wrongly
    UNUSABLE = "unusable"
    UNDECIDED = "undecided"  # a decision on it is no decision, which is an error of its own


def use_of(item: Record, on: date, student: Student, school: School) -> Use:
    """Whether an output that was selected on a day can be used now.

    A teacher can always return or revoke; what had been selected in good faith then is not the student's error. Where a
    decision does not hold, its own finding says so, once (CER001 to CER017).
    """
    decisions = verified(student, school).get(item.folder.removeprefix(f"{student.folder}/"), ())
    if any(judged.faults for judged in decisions):
        return Use.UNDECIDED
    now = state(item, student, school)
    if now.state in USABLE:
        return Use.USABLE
    last = now.event.payload if now.event is not None else None
    undone = last is not None and last.decision in {Decision.RETURNED, Decision.REVOKED}
    return Use.TAKEN_BACK if undone and was_certified(item, on, student, school) else Use.UNUSABLE


def was_certified(item: Record, on: date, student: Student, school: School) -> bool:
    """Whether the last valid decision until the end of a day, in Asia/Taipei, is a certification, or else a claim."""
    decisions = verified(student, school).get(item.folder.removeprefix(f"{student.folder}/"), ())
    until = [
        judged.event.payload.decision
        for judged in decisions
        if judged.event.payload is not None and not judged.faults
        if judged.event.payload.issued_at.astimezone(TAIPEI).date() <= on
    ]
    claim = claims.counted(item, student, school) if not until else None
    return until[-1:] in ([Decision.CERTIFIED], [Decision.REAFFIRMED]) or (
        claim is not None and claims.day_of(claim) <= on
    )
