"""A contest result belongs to a contest that the school did not record."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF009", "unknown-contest", kinds=("contest-result",), reads=("contest",))
def unknown_contest(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """The organising unit records the contest in `content/school/contests/` (伍.五 學生個人校內競賽表現)."""
    known = {contest.slug for contest in school.of("contest")}
    if record.data["contest"] not in known:
        yield this.finding(record.at("contest"), contest=record.data["contest"])
