"""A file is not the one that the item lists: its SHA-256 differs."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.layout import WITH_FILES
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules.attachments.present import present


@rule("ATT003", "digest-mismatch", kinds=WITH_FILES)
def digest_mismatch(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Outcome]:
    """Same size, other bytes: the file was changed after it was listed."""
    for index, entry, file in present(record, owner):
        if file.sha256 is None:
            yield this.skip("too-large-to-read", file.path)
        elif file.size == entry["size"] and file.sha256 != entry["sha256"]:
            place = record.at("attachments", index, "sha256")
            yield this.finding(place, name=file.name, listed=entry["sha256"][:12], actual=file.sha256[:12])
