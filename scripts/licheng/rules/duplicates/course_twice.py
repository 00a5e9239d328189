"""A course stands twice in a student's term: taken twice, or marked twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("DUP002", "course-twice", kinds=("course-records", "marks"), reads=("course-records",))
def course_twice(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """A course is taken once in a term, and has one mark (伍.五 選修課程名稱, 修課成績).

    The same course of another term (重修, 補修) is another one; it has a mark of its own.
    """
    section = "courses" if record.kind == "course-records" else "marks"
    allowed: Counter[Hashable] = Counter()
    for courses in owner.of("course-records") if record.kind == "marks" else ():
        if courses.term == record.term:
            taken = {(entry["course"], entry.get("original_term")) for entry in courses.data["courses"]}
            allowed.update(course for course, _ in taken)
    seen: Counter[Hashable] = Counter()
    for index, entry in enumerate(record.data[section]):
        key = entry["course"] if section == "marks" else (entry["course"], entry.get("original_term"))
        seen[key] += 1
        if seen[key] > max(1, allowed[key]):
            yield this.finding(record.at(section, index, "course"), course=entry["course"], term=str(record.term))
