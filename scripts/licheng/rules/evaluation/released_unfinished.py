"""An evaluation that is released while words in it are still to be filled in."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import TO_FILL, Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("EVA005", "released-unfinished", kinds=("evaluation",))
def released_unfinished(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """What is released says something (柒): a draft still holds 待填 where the secretary's words go."""
    if "released" in record.data and (TO_FILL in record.data["summary"] or TO_FILL in record.body):
        yield this.finding(record.at("released"), released=record.data["released"])
