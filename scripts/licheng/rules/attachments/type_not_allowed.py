"""A file has an extension that the agency does not take."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.attachments import allowed_types, type_of_name
from licheng.policy.periods import judged_term


@rule("ATT005", "type-not-allowed", kinds=WITH_FILES, reads=("agency-rules",))
def type_not_allowed(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """The agency's file types at the time of the record's term."""
    types = allowed_types(school.agency, judged_term(record, school.today), owner.cohort)
    allowed = tuple(sorted({extension for kind in types for extension in kind.extensions}))
    for index, entry in enumerate(record.data["attachments"]):
        if types and type_of_name(types, entry["name"]) is None:
            yield this.finding(record.at("attachments", index, "name"), name=entry["name"], allowed=allowed)
