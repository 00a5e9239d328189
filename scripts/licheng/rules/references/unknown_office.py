"""A record names a unit or a post that the school does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from licheng.core.finding import Finding
from licheng.core.location import Pointer
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

# Fields that hold a unit or a post, wherever they stand in these kinds.
_UNITS = frozenset({"unit", "organiser", "parent", "owner"})
_POSTS = frozenset({"post", "seat", "called_by", "chaired_by"})
_KINDS = (
    "school",
    "staff",
    "duties",
    "contest",
    "meeting",
    "seat-holders",
    "training",
    "support-request",
    "verification",
    "evaluation",
)


@rule("REF007", "unknown-office", kinds=_KINDS, reads=("school",))
def unknown_office(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Units and posts are those of `content/school/school.yaml` (伍)."""
    if record.kind == "evaluation" and record.data["by"] not in school.posts:
        yield this.finding(record.at("by"), office=record.data["by"])
    for field, name, pointer in _named(record.data, ()):
        known = school.units if field in _UNITS else school.posts
        if name not in known:
            yield this.finding(record.at(*pointer), office=name)


def _named(data: Any, pointer: Pointer) -> Iterator[tuple[str, str, Pointer]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str):
                if key in _UNITS or key in _POSTS:
                    yield key, value, (*pointer, key)
            elif isinstance(value, (dict, list)):
                yield from _named(value, (*pointer, key))
    else:
        for index, value in enumerate(data):
            if isinstance(value, (dict, list)):
                yield from _named(value, (*pointer, index))
