"""Attendance: whether somebody has entered it yet."""

from __future__ import annotations

from licheng.core.record import Record


def is_entered(record: Record) -> bool:
    """Whether a record says something: of attendance an empty list does not, unless `none` says that it is all."""
    return record.kind != "attendance" or bool(record.data["absences"]) or "none" in record.data
