"""學群探索與就業規劃: the fields of study that a student looks at, and plans for work, once a term (伍.五)."""

from __future__ import annotations

from licheng.core.term import Term
from licheng.policy.cells import text
from licheng.policy.importing.columns import TERM, WHO, student_of, term_of
from licheng.policy.importing.fields import any_day, check_within, code_of
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, Values
from licheng.policy.importing.known import Known
from licheng.policy.importing.rows import names_in

COLUMNS = (
    *WHO,
    *TERM,
    Column("recorded_on", ("登錄日", "登錄日期", "填寫日期", "日期"), any_day),
    Column("clusters", ("學群", "類群", "學群類群", "探索學群"), text, is_several=True),
    Column("plan", ("就業規劃", "生涯規劃", "規劃"), text),
)


def _part(row: Values, known: Known) -> RecordPart:
    owner, term = student_of(row, known), term_of(row)
    check_within(row, "recorded_on", term)
    when, cohort = Term.parse(term), int(owner["cohort"])
    names = dict.fromkeys(names_in(row["clusters"]))
    clusters = [code_of({"clusters": name}, "clusters", "clusters", known, when, cohort) for name in names]
    data = {"recorded_on": row["recorded_on"], "clusters": clusters, "employment_plan": row["plan"]}
    return RecordPart({**owner, "term": term}, data)


EXPLORATIONS = ImportKind(name="explorations", record="exploration", columns=COLUMNS, part=_part, scope=("term",))
