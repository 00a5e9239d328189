"""競賽成績: a student's result in a contest of the school, with its proof (伍.五 名稱、內容、成績及證明文件).

The proof is a file that the row names. It comes with a new result; of a result that is there already it stays.
"""

from __future__ import annotations

from licheng.policy.cells import narrow, text
from licheng.policy.importing.columns import WHO, student_of
from licheng.policy.importing.fields import any_day, code_of, line, term_on
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, RefusedRowError, Values
from licheng.policy.importing.known import Known

COLUMNS = (
    *WHO,
    Column("contest", ("競賽名稱", "競賽", "比賽名稱"), line),
    Column("entry", ("名稱", "項目名稱", "競賽項目", "項目", "項目組別"), line, needed=False),
    Column("content", ("內容", "競賽內容", "作品名稱", "內容簡述"), text),
    Column("result", ("成績", "獎項", "競賽獎項", "名次"), line),
    Column("on", ("結果公布日期", "公布日期", "獲獎日期", "日期"), any_day),
    Column("team", ("團體或個人參與", "團體參與", "團體或個人參與代碼", "參與方式"), line),
    Column("proofs", ("證明文件", "證明檔案", "獎狀", "檔名"), line, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    owner, term = student_of(row, known), term_on(row["on"])
    contests = {record.identity["slug"]: record.data for record in known.school.of("contest")}
    # A row calls a contest of the school by its id or its name in either language.
    wanted = narrow(row["contest"])
    alike = [slug for slug, data in contests.items() if wanted in map(narrow, (slug, *data["name"].values()))]
    if len(alike) != 1:
        raise RefusedRowError("contest", "unknown-contest", known=tuple(sorted(contests)))
    name = row.get("entry", contests[alike[0]]["name"]["zh"])
    fields = {"contest": alike[0], "name": name, "on": row["on"]}
    identity = {**owner, "slug": known.slug("contest-result", owner, fields, str(term))}
    if known.record("contest-result", **identity) is None and "proofs" not in row:
        raise RefusedRowError("proofs", "empty")
    team = code_of(row, "team", "team", known, term, int(owner["cohort"]))
    first, last = ("contest", "name"), {"content": row["content"], "result": row["result"], "on": row["on"]}
    return RecordPart(identity, {**{name: fields[name] for name in first}, **last, "team": team})


CONTESTS = ImportKind(name="contests", record="contest-result", columns=COLUMNS, part=_part, files="proofs")
