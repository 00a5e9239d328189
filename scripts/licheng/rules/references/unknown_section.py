"""A student takes a course in a section that the course does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF013", "unknown-section", kinds=("course-records",), reads=("course-offerings",))
def unknown_section(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """The section says who teaches, and so who certifies (肆.一 備註)."""
    offered = school.offerings.get(record.term, {}) if record.term is not None else {}
    for index, taken in enumerate(record.data["courses"]):
        course = offered.get(taken["course"])
        if course is not None and taken["section"] not in {section["id"] for section in course["sections"]}:
            place = record.at("courses", index, "section")
            yield this.finding(place, section=taken["section"], course=taken["course"])
