"""An interval ends before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.location import Pointer
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_PAIRS = (
    ("starts", "ends"),
    ("opens", "closes"),
    ("from", "to"),
    ("on", "until"),
    ("on", "revoked_on"),
    ("reported_on", "closed_on"),
)
_BEGINNINGS = frozenset(first for first, _ in _PAIRS)


@rule("DAT001", "end-before-start")
def end_before_start(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """結束日期 is not before 開始日期."""
    for start, end, pointer in _intervals(record.data, ()):
        if day(end) < day(start):
            yield this.finding(record.at(*pointer), starts=start, ends=end)


def _intervals(data: Any, pointer: Pointer) -> Iterator[tuple[str, str, Pointer]]:
    if isinstance(data, dict):
        for first, last in _PAIRS if not _BEGINNINGS.isdisjoint(data) else ():
            if isinstance(data.get(first), str) and isinstance(data.get(last), str):
                yield data[first], data[last], (*pointer, last)
        for key, value in data.items():
            if isinstance(value, (dict, list)):
                yield from _intervals(value, (*pointer, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _intervals(value, (*pointer, index))
