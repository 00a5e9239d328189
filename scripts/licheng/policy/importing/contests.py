"""校內競賽: the contests that the school holds, to which a student's result refers (伍.五 競賽成績).

Results come one by one, as each has its proof beside it: `licheng new contest-result --attach`.
"""

from __future__ import annotations

from licheng.policy.importing.fields import any_day, code_of, line, term_on
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, RefusedError, Values
from licheng.policy.importing.known import Known

COLUMNS = (
    Column("contest", ("競賽名稱", "活動名稱", "比賽名稱"), line),
    Column("english", ("英文名稱", "競賽英文名稱"), line),
    Column("unit", ("承辦單位", "主辦單位", "承辦處室"), line),
    Column("held_on", ("舉辦日期", "競賽日期", "比賽日期", "日期"), any_day),
    Column("grade", ("競賽等級", "競賽等級代碼", "等級"), line),
)


def _part(row: Values, known: Known) -> RecordPart:
    term = term_on(row["held_on"])
    name = {"zh": row["contest"], "en": row["english"]}
    level = code_of(row, "grade", "contest_levels", known, term, term.year)
    slug = known.slug("contest", {}, {"name": name, "held_on": row["held_on"]}, str(term.year))
    return RecordPart(
        {"slug": slug}, {"name": name, "unit": _unit(row, known), "held_on": row["held_on"], "level": level}
    )


def _unit(row: Values, known: Known) -> str:
    """The id of a unit that is written by its id or by its name in either language."""
    units = known.units(row["unit"])
    if len(units) != 1:
        raise RefusedError("unit", "unknown-unit", known=tuple(sorted(known.school.units)))
    return units[0]


CONTESTS = ImportKind(name="contests", record="contest", columns=COLUMNS, part=_part, of_students=False)
