"""A selection or a consent names an item that is not handed in; a waiver names nothing that can be late."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import HANDED_IN
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.quota import is_submitted
from licheng.policy.waivers import can_be_late


@rule("REF005", "unknown-item", kinds=("selection", "release-consent", "waiver"), reads=HANDED_IN)
def unknown_item(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """Only what the student has submitted can be selected or released (肆.二); a waiver lands before the late work."""
    if record.kind == "waiver":
        if not can_be_late(owner, record.data["item"], record.data["stage"]):
            yield this.finding(record.at("item"), item=record.data["item"])
        return
    known = {item.folder for item in owner.of(*HANDED_IN) if is_submitted(item)}
    if record.data.get("statement") is True and f"{owner.folder}/statement" not in known:
        yield this.finding(record.at("statement"), item="statement")
    for field, top, folder in (("outputs", "terms", "outputs"), ("activities", "years", "activities")):
        for index, name in enumerate(record.data[field]):
            period, _, slug = name.partition("/")
            if f"{owner.folder}/{top}/{period}/{folder}/{slug}" not in known:
                yield this.finding(record.at(field, index), item=name)
