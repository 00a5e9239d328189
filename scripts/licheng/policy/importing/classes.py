"""導師: who is the tutor of which class from which day, into the posts of the staff (伍.五 各班導師)."""

from __future__ import annotations

from functools import partial

from licheng.policy.cells import day, text
from licheng.policy.classes import TUTOR
from licheng.policy.importing.columns import FIRST_DAY, LAST_DAY, staff_of
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, RefusedError, Values
from licheng.policy.importing.known import Known

_day = partial(day, first=FIRST_DAY, last=LAST_DAY)

COLUMNS = (
    Column("class", ("班級", "班級名稱"), text),
    Column("tutor", ("導師", "導師代號", "教師代號", "班導師", "導師姓名"), text),
    Column("from", ("起聘日", "開始日期", "起", "到任日期"), _day),
    Column("to", ("結束日期", "迄", "卸任日期"), _day, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    [tutor] = staff_of(row, "tutor", known)
    post = {"post": TUTOR, "class": known.school_class(row["class"]), "from": row["from"]}
    if "to" in row:
        if row["to"] < row["from"]:
            raise RefusedError("to", "before", other=row["from"])
        post["to"] = row["to"]
    return RecordPart({}, {"staff": [{"id": tutor, "posts": [post]}]})


CLASSES = ImportKind(
    name="classes",
    record="staff",
    columns=COLUMNS,
    part=_part,
    keys={"staff": ("id",), "posts": ("post", "class", "from")},
    of_students=False,
    # Other staff and past tutors are no news; whoever holds a class and is not in the list is.
    lacks=lambda of, entry: of == "posts" and entry["post"] == TUTOR and "to" not in entry,
)
