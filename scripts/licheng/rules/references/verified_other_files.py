"""A verification lists other files than those of what it checks."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.verification import Standing, foreign, standing


@rule("REF018", "verified-other-files", kinds=("verification",), reads=("student", "course-records", "statement"))
def verified_other_files(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """Basic data, course records and the statement each have their files (肆.一); each is listed once."""
    if standing(record, owner, school) is Standing.FOREIGN:
        yield this.finding(record.at("files"), files=foreign(record))
