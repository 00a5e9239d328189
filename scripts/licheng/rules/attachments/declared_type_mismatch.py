"""An item declares another media type than the file's extension has."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.attachments import allowed_types, type_of_name
from licheng.policy.periods import judged_term


@rule("ATT008", "declared-type-mismatch", kinds=WITH_FILES, reads=("agency-rules",))
def declared_type_mismatch(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """The roster sends documents and media by different columns, chosen by the declared type."""
    types = allowed_types(school.agency, judged_term(record, school.today), owner.cohort)
    if not types:
        yield this.skip("no-agency-rules", record.path)
        return
    for index, entry in enumerate(record.data["attachments"]):
        named = type_of_name(types, entry["name"])
        if named is not None and entry["type"] != named.media_type:
            place = record.at("attachments", index, "type")
            yield this.finding(place, name=entry["name"], expected=named.media_type, found=entry["type"])
