"""A selection, a consent or a waiver names an item that the student does not have, or has not handed in."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import HANDED_IN
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.quota import is_submitted


@rule("REF005", "unknown-item", kinds=("selection", "release-consent", "waiver"), reads=HANDED_IN)
def unknown_item(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """Only what the student has submitted can be selected or released (肆.二); a waiver may be for a draft."""
    may_be_draft = record.kind == "waiver"
    known = {item.folder for item in owner.of(*HANDED_IN) if may_be_draft or is_submitted(item)}
    for name, folder, place in _named(record, owner.folder):
        if folder not in known:
            yield this.finding(place, item=name)


def _named(record: Record, home: str) -> Iterator[tuple[str, str, Place]]:
    if record.kind == "waiver":
        yield record.data["item"], f"{home}/{record.data['item']}", record.at("item")
        return
    if record.data.get("statement") is True:
        yield "statement", f"{home}/statement", record.at("statement")
    for field, top, folder in (("outputs", "terms", "outputs"), ("activities", "years", "activities")):
        for index, name in enumerate(record.data[field]):
            period, _, slug = name.partition("/")
            yield name, f"{home}/{top}/{period}/{folder}/{slug}", record.at(field, index)
