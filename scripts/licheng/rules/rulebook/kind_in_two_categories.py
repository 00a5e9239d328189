"""A kind of record belongs to two categories of a rulebook."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.student import Student


@rule("RBK012", "kind-in-two-categories", kinds=("rulebook",))
def kind_in_two_categories(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """Whoever hands something in must know in whose time (肆.一: 應於學校規定時間內登錄)."""
    first: dict[str, str] = {}
    for category in Rulebook(record).categories.values():
        for kind in sorted(category.kinds):
            if kind in first:
                place = record.at(*category.place.pointer, "category")
                yield this.finding(place, record=kind, category=category.id, other=first[kind])
            first.setdefault(kind, category.id)
