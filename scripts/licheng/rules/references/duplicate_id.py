"""Two entries of one list have the same id, or an item lists a file twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from licheng.core.finding import Finding
from licheng.core.layout import WITH_FILES
from licheng.core.location import Pointer
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_KINDS = ("school", "staff", "accounts", "duties", "course-offerings", "term-calendar", "rulebook", "agency-rules")


@rule("REF014", "duplicate-id", kinds=(*_KINDS, *WITH_FILES))
def duplicate_id(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """An id names one thing; a second entry would be read by some and overlooked by others."""
    for name, pointer in _repeated(record.data, ()):
        yield this.finding(record.at(*pointer), name=name)


def _repeated(data: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    """The second use of a name in any list below, and where it stands."""
    for key, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, dict):
            yield from _repeated(value, (*pointer, key))
        if not isinstance(value, list):
            continue
        below = (*pointer, key)
        field, seen = "name" if key == "attachments" else "id", set[str]()
        for index, entry in enumerate(value):
            if not isinstance(entry, dict):
                continue
            name = entry.get(field)
            if isinstance(name, str):
                if name in seen:
                    yield name, (*below, index, field)
                seen.add(name)
            yield from _repeated(entry, (*below, index))
