"""What drafts of a student's courses and marks know: the class's sections, and then the courses (伍.五 修課紀錄)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from licheng.app.loading.load import load
from licheng.core.record import TO_FILL
from licheng.core.term import Term
from licheng.policy.enrolment import place_on
from licheng.sources.tree import Tree

# For the registrar: zh-TW first, then English.
_HOW_TO_FILL = """# 這些課程等成績：填好的那一行拿掉開頭的 #，並把上面的 marks: [] 改成 marks:
# Courses without a mark yet: fill in a line, take its # away, and make `marks: []` above `marks:`"""


def taken(tree: Tree, today: date, identity: Mapping[str, str]) -> dict[str, Any]:
    """The courses of the class, in the order in which they are offered; nothing of a student who has no class."""
    loaded, term = load(tree, today, handbook=False), Term.parse(identity["term"])
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


def marks_to_fill(tree: Tree, today: date, identity: Mapping[str, str]) -> str:
    """The courses whose marks are still to be written, one commented line each, as they become entries.

    Of a transferred course the credited mark is asked for (抵免後成績).

    A mark has no honest placeholder, neither a number nor whether it passes; so nothing stands that could be taken for
    one. Without course records there is nothing to list.
    """
    student = next(load(tree, today, handbook=False).students(f"{identity['cohort']}/{identity['student']}"), None)
    records = student.of("course-records") if student is not None else ()
    numbers = {
        entry["course"]: "transferred_mark" if entry["mode"] == "transfer" else "mark"
        for record in records
        if str(record.term) == identity["term"]
        for entry in record.data["courses"]
    }
    lines = [
        f"#  - {{course: {course}, {number}: {TO_FILL}, passed: {TO_FILL}, credited: {TO_FILL}}}"
        for course, number in numbers.items()
    ]
    return "\n".join([_HOW_TO_FILL, *lines, ""]) if lines else ""
