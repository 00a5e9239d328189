"""成績: a student's mark in a course of a term, a row each; a student's term is one record (伍.五 修課成績)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from licheng.core.term import Term
from licheng.policy.cells import decimal, text, yes_no
from licheng.policy.importing.columns import COURSE, TERM, WHO, course_of, place_in, student_of, term_of
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, RefusedRowError, Values
from licheng.policy.importing.known import Known
from licheng.policy.marks import pass_mark

_mark = partial(decimal, low=0, high=100)

COLUMNS = (
    *WHO,
    *TERM,
    COURSE,
    Column("mark", ("學期學業成績", "學期成績", "成績", "總成績", "重讀成績"), _mark),
    Column("passed", ("成績及格", "及格", "是否及格"), yes_no, needed=False),
    Column("pass_mark", ("及格標準", "及格分數"), _mark, needed=False),
    Column("resit_mark", ("補考成績", "補考"), _mark, needed=False),
    Column("resit_passed", ("補考及格",), yes_no, needed=False),
    Column("credited", ("是否採計學分", "採計學分", "採計"), yes_no),
    Column("remark", ("質性文字描述", "文字描述"), text, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    identity = {**student_of(row, known), "term": term_of(row)}
    place = place_in(identity, Term.parse(identity["term"]), known)
    course = course_of(row, identity["term"], place[0] if place else None, known)["id"]
    taken = known.record("course-records", **identity)
    if taken is None or all(entry["course"] != course for entry in taken.data["courses"]):
        raise RefusedRowError("course", "not-taken", term=identity["term"])
    before = known.record("marks", **identity)
    entries: list[Mapping[str, Any]] = before.data["marks"] if before is not None else []
    # The mark that stands there may say a lower pass mark than the file.
    lowest = pass_mark({**next((entry for entry in entries if entry["course"] == course), {}), **row})
    entry = {"course": course, "mark": row["mark"], "passed": row.get("passed", Decimal(str(row["mark"])) >= lowest)}
    if "resit_mark" in row:
        entry["resit_mark"] = row["resit_mark"]
        entry["resit_passed"] = row.get("resit_passed", Decimal(str(row["resit_mark"])) >= lowest)
    entry |= {name: row[name] for name in ("pass_mark", "credited", "remark") if name in row}
    return RecordPart(identity, {"marks": [entry]})


MARKS = ImportKind(
    name="marks",
    record="marks",
    columns=COLUMNS,
    part=_part,
    keys={"marks": ("course",)},
    scope=("term",),
)
