"""社團: who belonged to which club from when to when, and what they did in it (伍.五 社團)."""

from __future__ import annotations

from licheng.policy.importing.columns import WHO, student_of
from licheng.policy.importing.fields import SPAN, line, span, term_on
from licheng.policy.importing.kinds import Column, ImportKind, RecordPart, Values
from licheng.policy.importing.known import Known

COLUMNS = (
    *WHO,
    Column("club", ("社團名稱", "社團"), line),
    *SPAN,
    Column("title", ("擔任職務", "職務", "社團職務", "職稱"), line, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    owner, days = student_of(row, known), span(row)
    keys = {"name": row["club"], "starts": days["starts"]}
    slug = known.slug("club", owner, keys, str(term_on(days["starts"])))
    title = {name: row[name] for name in ("title",) if name in row}
    return RecordPart({**owner, "slug": slug}, {"name": row["club"], **days, **title})


CLUBS = ImportKind(name="clubs", record="club", columns=COLUMNS, part=_part)
