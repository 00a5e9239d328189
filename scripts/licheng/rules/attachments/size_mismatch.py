"""A file has another size than the item lists."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules.attachments.present import present


@rule("ATT004", "size-mismatch", kinds=WITH_FILES)
def size_mismatch(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """Another size is another file; the digest then differs too and is not reported twice."""
    for index, entry, file in present(record, owner):
        if file.size != entry["size"]:
            place = record.at("attachments", index, "size")
            yield this.finding(place, name=file.name, listed=entry["size"], actual=file.size)
