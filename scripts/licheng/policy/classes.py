"""Classes: which ones a term has, and who is whose tutor on a day (伍.五 學生基本資料, 各班導師).

A class exists in a term if a section of the term's offerings lists it, or if it has a tutor on a day of the term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from licheng.core.dates import day, optional_day
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.enrolment import CLOSING

TUTOR = "class-tutor"


class Tutor(NamedTuple):
    """A post of a class tutor: days are both included, `ends` is the last day of all where the post has none."""

    school_class: str
    starts: date
    ends: date
    place: Place

    def overlaps(self, first: date, last: date) -> bool:
        """Whether any day of it lies between two days, both included."""
        return self.starts <= last and first <= self.ends


@dataclass(frozen=True, slots=True)
class ClassStay:
    """The days of a student in a class: from one event to the one that ends it, the last day included."""

    index: int
    school_class: str
    starts: date
    ends: date


def tutors(school: School) -> Iterator[Tutor]:
    """Every post of a class tutor, past ones included, in the order of the staff's record."""
    for record in school.of("staff"):
        for number, person in enumerate(record.data["staff"]):
            for index, post in enumerate(person["posts"]):
                if post["post"] == TUTOR:
                    ends = optional_day(post.get("to")) or date.max
                    place = record.at("staff", number, "posts", index, "class")
                    yield Tutor(post["class"], day(post["from"]), ends, place)


def classes_of_sections(school: School, term: Term) -> frozenset[str]:
    """The classes that the sections of a term's offerings list."""
    offered = school.offerings.get(term, {}).values()
    return frozenset(
        name for course in offered for section in course["sections"] for name in section.get("classes", ())
    )


@lru_cache(maxsize=4)
def classes(school: School) -> Mapping[Term, frozenset[str]]:
    """The classes that exist, by term; only of terms with offerings."""
    by_term: dict[Term, set[str]] = defaultdict(set)
    for term in school.offerings:
        by_term[term] |= classes_of_sections(school, term)
        by_term[term] |= {post.school_class for post in tutors(school) if post.overlaps(term.first_day, term.last_day)}
    return {term: frozenset(names) for term, names in by_term.items()}


def class_of(name: str, school: School) -> str:
    """The id of a class that is written by its id or by the school's own name; of another what is written."""
    return next((each for each, names in school.class_names.items() if name in names.values()), name)


def stays(student_record: Record) -> Iterator[ClassStay]:
    """The classes that a student was in, in the order of the events."""
    events: list[Mapping[str, Any]] = student_record.data["events"]
    for index, event in enumerate(events):
        if "class" in event:
            # The day of another class is the first one there; the day of leaving is the last one here.
            after = (
                day(later["on"]) - timedelta(days=int("class" in later))
                for later in events[index + 1 :]
                if "class" in later or later["event"] in CLOSING
            )
            yield ClassStay(index, event["class"], day(event["on"]), next(after, date.max))
