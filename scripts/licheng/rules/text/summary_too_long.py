"""A summary (簡述) has more characters than the agency takes."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.periods import judged_term


@rule("TXT001", "summary-too-long", kinds=("course-output", "activity"), reads=("agency-rules",))
def summary_too_long(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """Counted in characters (Unicode code points in NFC), never in bytes."""
    section = school.agency.section("summary", judged_term(record, school.today), owner.cohort)
    length = len(record.data["summary"])
    if section is None:
        yield this.skip("no-agency-rules", record.path)
    elif length > section["max_characters"]:
        yield this.finding(record.at("summary"), length=length, limit=section["max_characters"])
