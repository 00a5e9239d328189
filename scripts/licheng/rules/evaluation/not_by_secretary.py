"""An evaluation by somebody else than the executive secretary."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("EVA002", "not-by-secretary", kinds=("evaluation",), reads=("rulebook",))
def not_by_secretary(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The executive secretary evaluates (柒, 伍.二)."""
    book = school.rulebooks.for_year(int(record.identity["year"]))
    wanted = book.record.data["evaluation"]["by"] if book is not None else record.data["by"]
    if record.data["by"] != wanted:
        yield this.finding(record.at("by"), found=record.data["by"], wanted=wanted)
