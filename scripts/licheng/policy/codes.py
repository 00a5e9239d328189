"""The codes that a record holds, and of which of the agency's lists (domain: 代碼表)."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import BY_NAME
from licheng.core.layout import KINDS as ALL_KINDS
from licheng.core.location import Pointer
from licheng.core.record import Record

KINDS: tuple[str, ...] = tuple(sorted(kind.name for kind in ALL_KINDS if kind.codes))


def coded_values(record: Record) -> Iterator[tuple[str, str | int, Pointer]]:
    """Code list, value and pointer of every code in a record."""
    category = record.data.get("category", "")
    for field in BY_NAME[record.kind].codes:
        value = record.data.get(field.name) if field.category == category else None
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield field.codes, entry, (field.name, index)
        elif value is not None:
            yield field.codes, value, (field.name,)
