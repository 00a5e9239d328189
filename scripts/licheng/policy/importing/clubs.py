"""社團: who belonged to which club from when to when, and what they did in it (伍.五 社團)."""

from __future__ import annotations

from functools import partial

from licheng.policy.importing.columns import WHO
from licheng.policy.importing.fields import SPAN, line, part_of_span
from licheng.policy.importing.kinds import Column, ImportKind

COLUMNS = (
    *WHO,
    Column("club", ("社團名稱", "社團"), line),
    *SPAN,
    Column("title", ("擔任職務", "職務", "社團職務", "職稱"), line, needed=False),
)


CLUBS = ImportKind(
    name="clubs",
    record="club",
    columns=COLUMNS,
    part=partial(part_of_span, record="club", name="club", others=("title",)),
)
