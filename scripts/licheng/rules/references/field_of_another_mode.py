"""A course or its mark has a field that its mode has no use for."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.origins import MODES_OF, MODES_OF_MARK, modes_of, taken


@rule("REF033", "field-of-another-mode", kinds=("course-records", "marks"), reads=("course-records",))
def field_of_another_mode(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """A roster's sheet takes the courses of one mode (domain: 學生成績名冊): a field of another one would be lost."""
    of_marks = record.kind == "marks"
    section, meant = ("marks", MODES_OF_MARK) if of_marks else ("courses", MODES_OF)
    modes = [] if of_marks else [frozenset({course.mode}) for _, course in taken(record)]
    for index, entry in enumerate(record.data[section]):
        if meant.keys().isdisjoint(entry):  # as most are
            continue
        own = modes_of(entry, record, owner) if of_marks else modes[index]
        for name, others in meant.items():
            if name in entry and own and not own & others:  # a mark without its course is what REF003 tells
                place = record.at(section, index, name)
                yield this.finding(place, field=name, mode=tuple(sorted(own)), meant=tuple(sorted(others)))
