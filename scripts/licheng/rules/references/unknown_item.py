"""A selection, a consent or a waiver names an item that the student does not have, or has not handed in."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.quota import is_submitted


@rule(
    "REF005",
    "unknown-item",
    kinds=("selection", "release-consent", "waiver"),
    reads=("course-output", "activity"),
)
def unknown_item(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """Only what the student has submitted can be selected, released or waived (肆.二)."""
    submitted = {item.folder for item in owner.of("course-output", "activity") if is_submitted(item)}
    for name, folder, place in _named(record, owner.folder):
        if folder not in submitted:
            yield this.finding(place, item=name)


def _named(record: Record, home: str) -> Iterator[tuple[str, str, Place]]:
    if record.kind == "waiver":
        yield record.data["item"], f"{home}/{record.data['item']}", record.at("item")
        return
    for field, top, folder in (("outputs", "terms", "outputs"), ("activities", "years", "activities")):
        for index, name in enumerate(record.data[field]):
            period, _, slug = name.partition("/")
            yield name, f"{home}/{top}/{period}/{folder}/{slug}", record.at(field, index)
