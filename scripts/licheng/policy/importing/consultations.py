"""課程諮詢: what a counsellor and a student have talked about, when and where (伍.五 課程諮詢紀錄)."""

from __future__ import annotations

from licheng.policy.cells import clock, text
from licheng.policy.importing.columns import WHO, student_of
from licheng.policy.importing.fields import any_day, code_of, line, term_on
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, Values
from licheng.policy.importing.known import Known

COLUMNS = (
    *WHO,
    Column("on", ("諮詢日期", "日期"), any_day),
    Column("time", ("諮詢時間", "時間"), clock),
    Column("place", ("諮詢地點", "地點"), line),
    Column("way", ("諮詢方式", "方式"), line),
    Column("content", ("諮詢內容", "內容"), text),
    Column("opinion", ("諮詢意見", "意見", "諮詢建議", "建議"), text),
)


def _part(row: Values, known: Known) -> RecordPart:
    owner, term = student_of(row, known), term_on(row["on"])
    slug = known.slug("consultation", owner, {"on": row["on"], "time": row["time"]}, str(term))
    mode = code_of(row, "way", "consultation_modes", known, term, int(owner["cohort"]))
    first, rest = (row["on"], row["time"], row["place"]), (row["content"], row["opinion"])
    data = dict(zip(("on", "time", "place", "mode", "content", "opinion"), (*first, mode, *rest), strict=True))
    return RecordPart({**owner, "slug": slug}, data)


CONSULTATIONS = ImportKind(name="consultations", record="consultation", columns=COLUMNS, part=_part)
