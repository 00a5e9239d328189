"""A file has an extension that the agency does not take."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.attachments import allowed_types, type_of_name
from licheng.policy.periods import judged_term


@rule("ATT005", "type-not-allowed", kinds=WITH_FILES, reads=("agency-rules",))
def type_not_allowed(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """The agency's file types at the time of the record's term."""
    types = allowed_types(school.agency, judged_term(record, school.today), owner.cohort)
    if not types:
        yield this.skip("no-agency-rules", record.path)
        return
    allowed = tuple(sorted({extension for kind in types for extension in kind.extensions}))
    for index, entry in enumerate(record.data["attachments"]):
        if type_of_name(types, entry["name"]) is None:
            yield this.finding(record.at("attachments", index, "name"), name=entry["name"], allowed=allowed)
