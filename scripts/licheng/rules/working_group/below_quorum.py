"""A meeting below the quorum."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import held_on, present


@rule("MTG007", "below-quorum", kinds=("meeting",), reads=("rulebook",))
def below_quorum(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Where the rulebook sets a quorum, a meeting below it resolves nothing (伍.四)."""
    book = school.rulebooks.on(held_on(record))
    quorum = book.record.data.get("quorum") if book is not None else None
    if quorum is not None and present(record) < quorum["value"]:
        yield this.finding(record.at_key("attendance"), present=present(record), quorum=quorum["value"])
