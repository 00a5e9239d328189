"""A file is larger than the agency takes."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.attachments import allowed_types, type_of_name
from licheng.policy.periods import judged_term
from licheng.rules.attachments.present import present


@rule("ATT007", "attachment-too-large", kinds=WITH_FILES, reads=("agency-rules",))
def attachment_too_large(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """The agency's limit at the time of the record's term: 2 MB became 4 MB in 109-1."""
    types = allowed_types(school.agency, judged_term(record, school.today), owner.cohort)
    if not types:
        yield this.skip("no-agency-rules", record.path)
        return
    for index, _entry, file in present(record, owner):
        named = type_of_name(types, file.name)
        if named is not None and file.size > named.max_bytes:
            place = record.at("attachments", index, "size")
            yield this.finding(place, name=file.name, size=file.size, limit=named.max_bytes)
