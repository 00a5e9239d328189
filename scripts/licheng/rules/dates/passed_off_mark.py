"""A mark that fails is said to pass, or one that passes to fail."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.marks import contradictions, pass_mark


@rule("DAT006", "passed-off-mark", kinds=("marks",))
def passed_off_mark(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """The mark and its verdict go into the roster side by side, and must agree (伍.五 修課成績, 肆.三)."""
    for index, entry in enumerate(record.data["marks"]):
        for mark, passed in contradictions(entry):
            yield this.finding(
                record.at("marks", index, passed),
                course=entry["course"],
                mark=str(entry[mark]),
                pass_mark=str(pass_mark(entry)),
            )
