"""開課資料: the courses of a term, a section a row; further rows of a section name further teachers and classes."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from licheng.policy.cells import decimal, narrow, one_of, text
from licheng.policy.importing.columns import TERM, class_names, level, staff_of, term_of
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, RefusedRowError, Values
from licheng.policy.importing.known import Known

_TYPES = {
    "必修": "required",
    "部定必修": "required",
    "部定": "required",
    "選修": "elective",
    "加深加廣選修": "elective",
    "多元選修": "elective",
    "補強性選修": "elective",
    "校訂必修": "school-required",
}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_MIXED = "a"  # the section of a course that no class attends as a whole

COLUMNS = (
    *TERM,
    Column("code", ("課程代碼", "課程碼", "科目代碼"), text),
    Column("subject", ("科目名稱", "科目", "課程名稱"), text),
    Column("level", ("開課年級", "年級"), level),
    Column("credits", ("學分", "學分數", "修課學分"), partial(decimal, low=0, high=9999)),
    Column("type", ("課程類別", "必選修", "修別", "類別"), partial(one_of, words=_TYPES)),
    Column("teachers", ("任課教師", "教師代號", "任課教師代號", "教師"), text, is_several=True),
    Column("classes", ("開課班級", "修課班級", "班級", "班級名稱"), text, needed=False, is_several=True),
    Column("section", ("班別", "開課班", "分組"), text, needed=False),
    Column("advising", ("指導教師", "指導教師代號"), text, needed=False, is_several=True),
    Column("id", ("課程id", "id"), text, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    term = term_of(row)
    section: dict[str, Any] = {}
    if "classes" in row:
        section["classes"] = class_names(row["classes"], known)
    section["teachers"] = staff_of(row, "teachers", known)
    if "advising" in row:
        section["advising_teachers"] = staff_of(row, "advising", known)
    # As the file says, else as the term's course of that code is called already, else made of the code.
    if "id" in row:
        name = _slug(row["id"], "id")
    else:
        alike = [each["id"] for each in known.offered(term).values() if narrow(each["code"]) == narrow(row["code"])]
        name = str(alike[0]) if alike else _slug(re.sub(r"[^0-9A-Za-z]+", "-", row["code"]).strip("-"), "code")
    # As the file says, else by the classes that attend as a whole.
    called = row["section"] if "section" in row else "-".join(section.get("classes", (_MIXED,)))
    course = {
        "id": name,
        **{field: row[field] for field in ("code", "subject", "level", "credits", "type")},
        "sections": [{"id": _slug(called, "section"), **section}],
    }
    return RecordPart({"term": term}, {"courses": [course]})


def _slug(text: str, column: str) -> str:
    lower = narrow(text).lower()
    if _SLUG.fullmatch(lower) is None:
        raise RefusedRowError(column, "slug")
    return lower


COURSES = ImportKind(
    name="courses",
    record="course-offerings",
    columns=COLUMNS,
    part=_part,
    keys={"courses": ("id",), "sections": ("id",)},
    of_students=False,
)
