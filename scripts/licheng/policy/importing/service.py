"""公共服務: who served whom, when and for how many hours (伍.五 公共服務)."""

from __future__ import annotations

from functools import partial

from licheng.policy.cells import decimal, one_of
from licheng.policy.importing.columns import WHO
from licheng.policy.importing.fields import SPAN, line, part_of_span
from licheng.policy.importing.kinds import Column, ImportKind

_PLACES = {"校內": "school", "校外": "outside", "校內服務": "school", "校外服務": "outside"}

COLUMNS = (
    *WHO,
    Column("service", ("服務名稱", "服務項目", "服務內容", "活動名稱"), line),
    Column("organiser", ("服務單位", "服務單位名稱", "主辦單位"), line),
    *SPAN,
    Column("hours", ("時數", "服務時數", "服務學習時數"), partial(decimal, low=0, high=9999)),
    Column("place", ("校內外", "校內校外", "服務地點"), partial(one_of, words=_PLACES)),
)


_PART = partial(
    part_of_span, record="community-service", name="service", keys=("organiser",), others=("hours", "place")
)
SERVICE = ImportKind(name="service", record="community-service", columns=COLUMNS, part=_PART)
