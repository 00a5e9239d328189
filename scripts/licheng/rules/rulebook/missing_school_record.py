"""A record that every school has is not there."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import CONTENT, KINDS
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("RBK007", "missing-school-record", scope="school")
def missing_school_record(this: Rule, school: School) -> Iterator[Finding]:
    """Without its rulebook, its calendar or its duties nothing of a school can be judged (肆, 伍)."""
    for kind in KINDS:
        if kind.needed and school.one(kind.name) is None and not school.broken.get(kind.name):
            where = kind.template.partition("{")[0].rstrip("/")
            yield this.finding(Place(f"{CONTENT}/{where}"), kind=kind.name)
