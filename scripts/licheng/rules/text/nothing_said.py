"""A text holds nothing but blanks, or a submitted item still says 待填."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from licheng.core.finding import Finding
from licheng.core.location import Pointer
from licheng.core.record import TO_FILL, Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("TXT002", "nothing-said")
def nothing_said(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """Every required field says something (伍.五: 名稱、內容、成績); a draft may still be unfinished."""
    submitted = record.data.get("submitted") is True
    for pointer in texts(record.data, lambda text: not text.strip() or (submitted and text.strip() == TO_FILL)):
        yield this.finding(record.at(*pointer), field=".".join(map(str, pointer)))
    if submitted and record.body.strip() == TO_FILL:
        yield this.finding(record.at_offset(record.body_start), field=TO_FILL)


def texts(data: Any, wanted: Callable[[str], object], pointer: Pointer = ()) -> Iterator[Pointer]:
    """Where the texts of a mapping or a list stand that are wanted, in the order of the file."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, str):
            if wanted(value):
                yield (*pointer, key)
        elif isinstance(value, (dict, list)):
            yield from texts(value, wanted, (*pointer, key))
