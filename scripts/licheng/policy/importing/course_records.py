"""選課: the courses that a student takes in a term, a course a row (伍.五 選修課程名稱)."""

from __future__ import annotations

from functools import partial

from licheng.core.term import Term
from licheng.policy.cells import decimal, narrow, one_of, text
from licheng.policy.importing.columns import COURSE, TERM, WHO, course_of, place_in, student_of, term, term_of
from licheng.policy.importing.kinds import Column, Default, ImportKind, RecordPart, RefusedRowError, Values
from licheng.policy.importing.known import Known

_MODES = {
    "一般": "regular",
    "一般修習": "regular",
    "正常": "regular",
    "補修": "make-up",
    "重修": "retake",
    "重讀": "repeat",
    "轉學轉科": "transfer",
    "轉學": "transfer",
    "轉科": "transfer",
    "借讀": "visiting",
}

COLUMNS = (
    *WHO,
    *TERM,
    COURSE,
    Column("section", ("班別", "開課班", "分組", "修課班別"), text, needed=False),
    Column("mode", ("修課方式", "修讀方式", "修課別"), partial(one_of, words=_MODES), needed=False),
    Column("credits", ("修課學分", "學分", "學分數"), partial(decimal, low=0, high=9999), needed=False),
    Column("original_term", ("原修課學年期", "應修課學年期"), term, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    identity, of_term = student_of(row, known), term_of(row)
    place = place_in(identity, Term.parse(of_term), known)
    course = course_of(row, of_term, place[0] if place else None, known)
    sections, wanted = course["sections"], narrow(row.get("section", place[1] if place else ""))
    named = [each["id"] for each in sections if wanted in {narrow(each["id"]), *map(narrow, each.get("classes", ()))}]
    # The section that the file names by its id or a class, else that of the student's class, else the only one.
    if not named and ("section" in row or len(sections) != 1):
        column = "section" if "section" in row else "course"
        raise RefusedRowError(column, "no-section", known=tuple(each["id"] for each in sections))
    section = named[0] if named else sections[0]["id"]
    entry = {
        "course": course["id"],
        "section": section if "section" in row else Default(section),
        "mode": row.get("mode", Default("regular")),
        "credits": row.get("credits", Default(course["credits"])),
        **{name: row[name] for name in ("original_term",) if name in row},
    }
    return RecordPart({**identity, "term": of_term}, {"courses": [entry]})


COURSE_RECORDS = ImportKind(
    name="course-records",
    record="course-records",
    columns=COLUMNS,
    part=_part,
    keys={"courses": ("course",)},
    scope=("term",),
)
