"""A contest or a certificate is recorded without the document that proves it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_PROVEN = frozenset({"contest", "certificate"})


@rule("ATT017", "without-proof", kinds=("activity", "contest-result", "external-record"))
def without_proof(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """Contests and certificates are recorded with their proof (伍.五: 含名稱、內容、成績及證明文件)."""
    category = record.data.get("category", "contest")  # a contest result has none
    of_that = category in _PROVEN and record.data.get("submitted", True) is True  # the school's records have no drafts
    if of_that and not any(entry.get("role", "evidence") == "evidence" for entry in record.data["attachments"]):
        yield this.finding(record.at("attachments"))
