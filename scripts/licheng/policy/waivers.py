"""Waivers: late, and allowed by the executive secretary (伍.二) with a reason and an end."""

from __future__ import annotations

from datetime import date

from licheng.core.dates import TAIPEI
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import Waiver
from licheng.policy import keys
from licheng.policy.authority import SECRETARY, holds


def fault(waiver: Waiver, school: School) -> str | None:
    """Why a waiver counts for nothing, or None."""
    if waiver.fault is not None:
        return waiver.fault
    if not holds(waiver.by.staff, school, waiver.signed_at.astimezone(TAIPEI).date(), SECRETARY):
        return "not-secretary"
    return None if keys.vouched(waiver.by, waiver.signed_at, school) else "signature"


def allows(student: Student, item: str, stage: str, on: date, school: School) -> bool:
    """Whether a waiver that counts lets a student's item pass on a day after its window.

    Args:
        student: whose.
        item: the item's folder below the student's.
        stage: submission or certification.
        on: the day, Asia/Taipei.
        school: keys and posts.
    """
    return any(
        (waiver.item, waiver.stage) == (item, stage) and on <= waiver.until and fault(waiver, school) is None
        for waiver in student.waivers
    )
