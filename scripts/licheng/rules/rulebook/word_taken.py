"""A rulebook gives a word of its own a meaning that it cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import ANY, MEETING, NOTICES
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.rulebook import ACTS
from licheng.core.school import School
from licheng.core.student import Student


@rule("RBK013", "word-taken", kinds=("rulebook",))
def word_taken(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """One word for one thing: of a window with two meanings nobody knows what it opens, and to whom."""
    used = {
        "records": ("category", set[str]()),
        "window_kinds": ("id", {*ACTS, ANY}),
        "trainings": ("audience", {MEETING, NOTICES}),
        "batches": ("id", {"regular"}),
        "topics": ("id", set[str]()),
    }
    for section, (field, taken) in used.items():
        for index, entry in enumerate(record.data.get(section, ())):
            if entry[field] in taken:
                yield this.finding(record.at(section, index, field), word=entry[field])
            if field != "id":  # of ids REF014 says that they are there twice
                taken.add(entry[field])
