"""Waivers: late, and allowed by the executive secretary (伍.二) with a reason and an end."""

from __future__ import annotations

import re
from datetime import date

from licheng.core.dates import TAIPEI
from licheng.core.layout import home
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.core.trust import Waiver
from licheng.policy import keys
from licheng.policy.authority import SECRETARY, holds
from licheng.policy.calendar import SUBMITTED

_PERIOD = re.compile(r"\w+/(?P<year>1[0-9]{2})(?:-(?P<half>[12]))?/", re.ASCII)


def fault(waiver: Waiver, school: School) -> str | None:
    """Why a waiver counts for nothing, or None."""
    if waiver.fault is not None:
        return waiver.fault
    if not holds(waiver.by.staff, school, waiver.signed_at.astimezone(TAIPEI).date(), SECRETARY):
        return "not-secretary"
    return None if keys.vouched(waiver.by, waiver.signed_at, school) else "signature"


def can_be_late(student: Student, item: str, stage: str) -> bool:
    """Whether a path below the student's folder names what a waiver of a stage can be about.

    The waiver lands before the late work does, which the server refuses without it: what is to be handed in or selected
    need not be there yet. What is to be certified must be.

    Args:
        student: whose.
        item: `terms/114-1/outputs/pendulum` or `years/114/activities/camp`; of a selection `selection/114/regular`.
        stage: submission, certification or selection.
    """
    folder = f"{student.folder}/{item}"
    if stage == "selection":
        file = home(f"{folder}.yaml")
        return file is not None and file.kind.name == "selection"
    if any(record.folder == folder for record in student.items):
        return True
    page = home(f"{folder}/item.md")
    return stage == "submission" and page is not None and page.kind.name in SUBMITTED


def waived(item: str, stage: str, school: School) -> bool:
    """Whether the rulebook of an item's own term or school year opens a stage to nobody again (逾期視同放棄).

    Args:
        item: as a waiver names it, `terms/114-1/outputs/pendulum` or `selection/114/regular`.
        stage: submission, certification or selection.
        school: its rulebooks.
    """
    match = _PERIOD.match(item)
    if match is None:
        return False  # what is no item is waived by nobody; REF005 tells of it
    book = school.rulebooks.for_term(Term(int(match["year"]), int(match["half"] or 1)))
    return book is not None and stage in book.record.data.get("late", {}).get("waived", ())


def allows(student: Student, item: str, stage: str, on: date, school: School) -> bool:
    """Whether a waiver that counts lets a student's item pass on a day after its window.

    Args:
        student: whose.
        item: the item's folder below the student's; of a selection its file, without the extension.
        stage: submission, certification or selection.
        on: the day, Asia/Taipei.
        school: keys and posts.
    """
    return not waived(item, stage, school) and any(
        (waiver.item, waiver.stage) == (item, stage) and on <= waiver.until and fault(waiver, school) is None
        for waiver in student.waivers
    )
