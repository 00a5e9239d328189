"""Which fields hold codes, and of which of the agency's lists (domain: 代碼表)."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.location import Pointer
from licheng.core.record import Record

# By kind, or by kind and category: field → code list.
CODED: dict[str, dict[str, str]] = {
    "position": {"level": "position_levels"},
    "contest": {"level": "contest_levels"},
    "contest-result": {"team": "team"},
    "consultation": {"mode": "consultation_modes"},
    "exploration": {"clusters": "clusters"},
    "activity/position": {"level": "position_levels"},
    "activity/contest": {"level": "contest_levels", "team": "team"},
    "activity/flexible-learning": {"type": "flexible_types"},
    "activity/group-activity": {"type": "group_activity_types"},
    "activity/workplace-learning": {"type": "workplace_types"},
}
KINDS: tuple[str, ...] = tuple(sorted({key.partition("/")[0] for key in CODED}))


def coded_values(record: Record) -> Iterator[tuple[str, str | int, Pointer]]:
    """Code list, value and pointer of every code in a record."""
    category = record.data.get("category")
    for field, codes in CODED.get(f"{record.kind}/{category}" if category else record.kind, {}).items():
        value = record.data.get(field)
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield codes, entry, (field, index)
        elif value is not None:
            yield codes, value, (field,)
