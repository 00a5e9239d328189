"""A category of a rulebook goes into no kind of record of students, or has no name."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.rulebook import Rulebook, usual_kinds
from licheng.core.school import School
from licheng.core.student import Student


@rule("RBK011", "category-of-nothing", kinds=("rulebook",))
def category_of_nothing(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """What a portfolio holds (參) is written into records of students, and people are told what it is called."""
    for category in Rulebook(record).categories.values():
        place = record.at(*category.place.pointer, "category")
        foreign = tuple(sorted(kind for kind in category.kinds if not BY_NAME[kind].of_student))
        if foreign:
            yield this.finding(place, category=category.id, records=foreign, case="foreign")
        elif not category.kinds:
            yield this.finding(place, category=category.id)
        elif category.name is None and not usual_kinds(category.id):
            yield this.finding(place, category=category.id, case="unnamed")
