"""A waiver for what the rulebook opens to nobody again."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.waivers import waived


@rule("WIN015", "waived-late", kinds=("waiver",), reads=("rulebook",))
def waived_late(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """By some schools' regulations whoever is late has waived it; then nobody can allow it, and the gate does not."""
    if waived(record.data["item"], record.data["stage"], school):
        yield this.finding(record.at("stage"), stage=record.data["stage"])
