"""A meeting was called or chaired by somebody else than the convenor."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import convenors, held_on


@rule("MTG003", "not-by-convenor", kinds=("meeting",), reads=("rulebook",))
def not_by_convenor(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The convenor calls the meeting and chairs it (伍.一, 伍.四)."""
    book = school.rulebooks.on(held_on(record))
    if book is None:
        return
    for field in ("called_by", "chaired_by"):
        if record.data[field] not in convenors(book):
            wanted = "、".join(sorted(convenors(book)))
            yield this.finding(record.at(field), field=field, found=record.data[field], wanted=wanted)
