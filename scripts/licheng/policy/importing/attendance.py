"""出缺勤: who was away on which day, for how many periods and why; or that a student was never away (伍.五 出缺席)."""

from __future__ import annotations

from functools import partial

from licheng.policy.cells import one_of, whole, yes_no
from licheng.policy.importing.columns import TERM, WHO, student_of, term_of
from licheng.policy.importing.fields import any_day, check_needed, check_within
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, Values
from licheng.policy.importing.known import Known

_TYPES = {
    "事假": "personal",
    "事": "personal",
    "病假": "sick",
    "病": "sick",
    "公假": "official",
    "公": "official",
    "喪假": "bereavement",
    "喪": "bereavement",
    "生理假": "menstrual",
    "身心調適假": "mental-health",
    "曠課": "unexcused",
    "曠": "unexcused",
    "缺曠": "unexcused",
    "遲到": "late",
    "遲": "late",
}

COLUMNS = (
    *WHO,
    *TERM,
    Column("on", ("日期", "缺勤日期", "請假日期", "缺曠日期"), any_day, needed=False),
    Column("absence", ("假別", "缺勤別", "缺曠別", "出缺勤別", "類別"), partial(one_of, words=_TYPES), needed=False),
    Column("periods", ("節數", "缺勤節數", "總節數"), partial(whole, low=1, high=10), needed=False),
    Column("none", ("全勤", "確定全勤"), yes_no, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    identity = {**student_of(row, known), "term": term_of(row)}
    if row.get("none"):
        return RecordPart(identity, {"absences": [], "none": True})
    check_needed(row, "on", "absence", "periods")
    check_within(row, "on", identity["term"])
    return RecordPart(identity, {"absences": [{"on": row["on"], "type": row["absence"], "periods": row["periods"]}]})


ATTENDANCE = ImportKind(
    name="attendance",
    record="attendance",
    columns=COLUMNS,
    part=_part,
    keys={"absences": ("on", "type")},
    order={"absences": "on"},
    scope=("term",),
)
