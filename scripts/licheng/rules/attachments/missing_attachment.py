"""An item lists a file that does not lie beside it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("ATT001", "missing-attachment", kinds=WITH_FILES)
def missing_attachment(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """No file is lost: what an item lists is there (肆.一)."""
    for index, attachment in enumerate(record.data["attachments"]):
        if f"{record.folder}/{attachment['name']}" not in owner.files:
            yield this.finding(record.at("attachments", index, "name"), name=attachment["name"])
