"""A record that every school has is not there."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import BY_NAME, CONTENT
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School

_NEEDED = ("school", "staff", "accounts", "duties", "rulebook", "agency-rules", "term-calendar")


@rule("RBK007", "missing-school-record", scope="school")
def missing_school_record(this: Rule, school: School) -> Iterator[Finding]:
    """Without its rulebook, its calendar or its duties nothing of a school can be judged (肆, 伍)."""
    for kind in _NEEDED:
        if school.one(kind) is None and not school.broken.get(kind):
            where = BY_NAME[kind].template.partition("{")[0].rstrip("/")
            yield this.finding(Place(f"{CONTENT}/{where}"), kind=kind)
