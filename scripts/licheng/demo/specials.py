"""What the rosters have sheets of their own for: the few students who take courses again, elsewhere, or not at all.

By cohort, part and term; every school code here is invented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from licheng.demo.courses import RETAKE_SECTION, RETAKEN
from licheng.demo.emit import Fields, Value
from licheng.demo.people import Student

Where = tuple[int, int, str]

# The school that a student came from, and the one that a student visits.
_FORMER, _VISITED = "demo01", "demo02"
# In force from the day on which the registry enters it.
VISIT_ENTERED = date(2026, 8, 1)
_VISITS: dict[tuple[int, int], Fields] = {
    (113, 6): {"school": _VISITED, "starts": "2026-09-01", "ends": "2027-01-20", "programme_code": "X101"},
}


def _transferred(base: str, subject: str) -> Fields:
    original: Fields = {
        "school": _FORMER,
        "code": f"DEMO01-{base.upper()}",
        "subject": subject,
        "level": 10,
        "credits": Decimal(2),
    }
    entry: Fields = {"course": f"{base}-1", "section": "10a", "mode": "transfer", "credits": Decimal(2)}
    return {**entry, "original_term": "114-1", "original": original}


# Courses besides those that everybody takes.
_COURSES: dict[Where, tuple[Fields, ...]] = {
    # 重修
    (114, 3, "115-1"): (
        {
            "course": RETAKEN,
            "section": RETAKE_SECTION,
            "mode": "retake",
            "credits": Decimal(4),
            "original_term": "114-1",
            "retake_mode": 1,
        },
    ),
    # 轉學：前一校的二科抵免，另補修一科
    (114, 1, "114-2"): (_transferred("history", "歷史"), _transferred("geography", "地理")),
    (114, 1, "115-1"): (
        {
            "course": "local-studies-1",
            "section": "10a",
            "mode": "make-up",
            "credits": Decimal(2),
            "original_term": "114-1",
            "retake_mode": 1,
        },
    ),
    # 借讀
    (113, 6, "115-1"): (
        {
            "course": "marine-biology",
            "section": "visited",
            "mode": "visiting",
            "credits": Decimal(2),
            "original": {
                "school": _VISITED,
                "code": "DEMO02-MARINE",
                "subject": "海洋生物",
                "level": 12,
                "credits": Decimal(2),
            },
        },
    ),
}
# Marks that are no plain numbers: instead of the drawn one (by course), or of a course from above.
_MARKS: dict[Where, dict[str, Fields]] = {
    (113, 4, "114-1"): {"pe-3": {"state": "exempt", "passed": True}},  # 免修
    (113, 5, "114-2"): {  # 缺考，補考及格
        "civics-4": {"state": "missed", "passed": False, "resit_mark": Decimal(71), "resit_passed": True}
    },
    (114, 1, "114-2"): {
        "history-1": {"transferred_mark": Decimal(78), "passed": True},
        "geography-1": {"transferred_mark": Decimal(83), "passed": True},
    },
}


def visits(student: Student) -> Fields:
    """Return the part of the student's record that tells of a stay at another school, if there is one."""
    visit = _VISITS.get((student.cohort, student.part))
    return {"visits": [visit]} if visit is not None else {}


def courses(student: Student, term: str, class_: str) -> list[Value]:
    """Return the courses that a student takes besides those that everybody takes; transferred ones in the class."""
    entries = _COURSES.get((student.cohort, student.part, term), ())
    return [{**entry, "section": class_} if entry["mode"] == "transfer" else entry for entry in entries]


def marks(student: Student, term: str) -> dict[str, Fields]:
    """Return the marks of a term that are no plain numbers, by course."""
    return dict(_MARKS.get((student.cohort, student.part, term), {}))
