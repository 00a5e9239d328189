"""A text holds nothing but blanks, or a submitted item still says 待填."""

from __future__ import annotations

from collections.abc import Iterator
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
    for text, pointer in texts(record.data, ()):
        if not text.strip() or (submitted and text.strip() == TO_FILL):
            yield this.finding(record.at(*pointer), field=".".join(map(str, pointer)))
    if submitted and record.body.strip() == TO_FILL:
        yield this.finding(record.at_offset(record.body_start), field=TO_FILL)


def texts(data: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Every text of a value, with where it stands, in the order of the file."""
    waiting = [(data, pointer)]
    while waiting:
        value, place = waiting.pop()
        if isinstance(value, str):
            yield value, place
        elif isinstance(value, dict):
            waiting += [(inner, (*place, key)) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(value[index], (*place, index)) for index in reversed(range(len(value)))]
