"""A file's first bytes are not those of its extension: a PNG that is called .pdf."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.attachments import allowed_types, type_of_head, type_of_name
from licheng.policy.periods import judged_term
from licheng.rules.attachments.present import present


@rule("ATT006", "content-not-of-type", kinds=WITH_FILES, reads=("agency-rules",))
def content_not_of_type(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """The agency opens files by their extension; a wrong one is lost there."""
    types = allowed_types(school.agency, judged_term(record, school.today), owner.cohort)
    if not types:
        yield this.skip("no-agency-rules", record.path)
        return
    for index, entry, file in present(record, owner):
        named = type_of_name(types, file.name)
        if named is None:
            continue
        if file.head is None:
            yield this.skip("object-not-here" if file.pointer else "too-large-to-read", file.path)
        elif not named.matches(file.head):
            actual = type_of_head(types, file.head)
            place = record.at("attachments", index, "name")
            content = actual.media_type if actual is not None else "unknown"
            yield this.finding(place, name=entry["name"], expected=named.media_type, content=content)
