"""Resolutions whose numbers have a gap or a disorder."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("MTG009", "resolution-out-of-order", kinds=("meeting",))
def resolution_out_of_order(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """Resolutions are numbered from 1 without a gap, so that a number that is cited names one of them (伍.四)."""
    for index, entry in enumerate(record.data["resolutions"]):
        if entry["number"] != index + 1:
            place = record.at("resolutions", index, "number")
            yield this.finding(place, number=entry["number"], wanted=index + 1)
