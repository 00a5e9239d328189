"""幹部: who held which office of the class, a club or the school from when to when (伍.五 幹部經歷)."""

from __future__ import annotations

from licheng.policy.importing.columns import WHO, student_of
from licheng.policy.importing.fields import SPAN, code_of, line, span, term_on
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, Values
from licheng.policy.importing.known import Known

COLUMNS = (
    *WHO,
    Column("organisation", ("單位名稱", "單位", "幹部單位"), line),
    Column("title", ("擔任職務", "擔任職務名稱", "職務", "職稱", "幹部名稱"), line),
    Column("rank", ("幹部等級", "幹部等級代碼", "等級"), line),
    *SPAN,
)


def _part(row: Values, known: Known) -> RecordPart:
    owner, days = student_of(row, known), span(row)
    term = term_on(days["starts"])
    keys = {"organisation": row["organisation"], "title": row["title"], "starts": days["starts"]}
    level = code_of(row, "rank", "position_levels", known, term, int(owner["cohort"]))
    data = {"organisation": row["organisation"], "title": row["title"], "level": level, **days}
    return RecordPart({**owner, "slug": known.slug("position", owner, keys, str(term))}, data)


POSITIONS = ImportKind(name="positions", record="position", columns=COLUMNS, part=_part)
