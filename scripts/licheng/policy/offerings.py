"""Course offerings begun from those of the same term a year before, and what of them a person must confirm (伍.五)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from licheng.core.layout import BY_NAME
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.authority import holds


class CopiedOfferings(NamedTuple):
    """What was copied.

    Attributes:
        source: the term that it is from.
        courses: how many.
        codes: course codes (課程代碼) that name the year of the source.
        teachers: who holds no post on the first day of the new term, by `course/section`.
    """

    source: Term
    courses: int
    codes: tuple[str, ...]
    teachers: Mapping[str, tuple[str, ...]]


def copied(school: School, term: Term) -> list[dict[str, Any]]:
    """The courses of the same term a year before, ids kept; nothing where there were none.

    A teacher who had a section for some days only is left out: the section is copied as it was at its end.
    """
    record = school.record_at(BY_NAME["course-offerings"].path(term=str(_source(term))))
    courses = []
    for course in record.data["courses"] if record is not None else ():
        sections = []
        for section in course["sections"]:
            fields = {name: section[name] for name in section if name in {"teachers", "advising_teachers"}}
            people = {
                name: [
                    entry if isinstance(entry, str) else entry["staff"]
                    for entry in entries
                    if isinstance(entry, str) or "to" not in entry
                ]
                for name, entries in fields.items()
            }
            kept = {name: some for name, some in people.items() if some or name == "teachers"}
            sections.append({**section, **kept})
        courses.append({**course, "sections": sections})
    return courses


def to_confirm(school: School, term: Term, courses: Sequence[Mapping[str, Any]]) -> CopiedOfferings:
    """What a person must look at before the copy is right."""
    source = _source(term)
    codes = tuple(str(course["code"]) for course in courses if str(source.year) in str(course["code"]))
    teachers = {
        f"{course['id']}/{section['id']}": missing
        for course in courses
        for section in course["sections"]
        if (missing := tuple(each for each in section.get("teachers", ()) if not holds(each, school, term.first_day)))
    }
    return CopiedOfferings(source, len(courses), codes, teachers)


def _source(term: Term) -> Term:
    return Term(term.year - 1, term.half)
