"""A class that the school's own list does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF034", "unlisted-class", kinds=("staff", "course-offerings"), reads=("school",))
def unlisted_class(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """A school that names its classes names all of them (伍.五 學生基本資料).

    A student's class must have a section or a tutor (REF020), so what these name is enough to look at.
    """
    known = [*school.class_names]
    for place, name in _named(record) if known else ():
        if name not in school.class_names:
            from difflib import get_close_matches  # nobody else needs it

            near = get_close_matches(name, known, n=1, cutoff=0.0)
            yield this.finding(place, school_class=name, near=near[0])


def _named(record: Record) -> Iterator[tuple[Place, str]]:
    for number, person in enumerate(record.data.get("staff", ())):
        for index, post in enumerate(person["posts"]):
            if "class" in post:
                yield record.at("staff", number, "posts", index, "class"), post["class"]
    for number, course in enumerate(record.data.get("courses", ())):
        for index, section in enumerate(course["sections"]):
            for each, name in enumerate(section.get("classes", ())):
                yield record.at("courses", number, "sections", index, "classes", each), name
