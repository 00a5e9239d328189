"""What a draft of a student's courses knows: those that the sections of the student's class say (伍.五 修課紀錄)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from licheng.app.loading.load import load
from licheng.core.term import Term
from licheng.policy.enrolment import place_on
from licheng.sources.tree import Tree


def taken(tree: Tree, today: date, identity: Mapping[str, str]) -> dict[str, Any]:
    """The courses of the class, in the order in which they are offered; nothing of a student who has no class."""
    loaded, term = load(tree, today), Term.parse(identity["term"])
    student = next(loaded.students(f"{identity['cohort']}/{identity['student']}"), None)
    place = place_on(student, term.last_day) if student is not None else None
    if place is None:
        return {}
    return {
        "courses": [
            {"course": course, "section": section["id"], "mode": "regular", "credits": offered["credits"]}
            for course, offered in loaded.school.offerings.get(term, {}).items()
            for section in offered["sections"]
            if place[1] in section.get("classes", ())
        ]
    }
