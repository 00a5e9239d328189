"""Where a course comes from that is not taken for the first time here: 補修, 重修, 重讀, 轉學轉科, 借讀.

The agency's rosters ask for the original (or missed) course: school, term, code, subject, year level and credits
(學生重修重讀成績名冊, 轉學轉科成績, 借讀). What this school offered is read from its own offerings of that term;
what it did not, the course's entry says under `original`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term

ELSEWHERE = frozenset({"transfer", "visiting"})
AGAIN = frozenset({"make-up", "retake"})
# Fields that mean something in some modes only.
MODES_OF: Mapping[str, frozenset[str]] = {
    "original_course": frozenset({"make-up", "retake", "repeat"}),
    "original": frozenset({"make-up", "retake", "repeat", "transfer", "visiting"}),
    "retake_mode": AGAIN,
    "transfer_status": frozenset({"transfer"}),
}
# Likewise of a mark, by the modes in which its course is taken.
MODES_OF_MARK: Mapping[str, frozenset[str]] = {
    "transferred_mark": frozenset({"transfer"}),
    "repeat_note": frozenset({"repeat"}),
}
_FACTS = ("code", "subject", "level")
_SIZES = ("credits", "periods")


class Taken(NamedTuple):
    """A course as a student takes it in a term.

    Attributes:
        data: its entry in the course records.
        term: in which it is taken.
    """

    data: Mapping[str, Any]
    term: Term

    @property
    def mode(self) -> str:
        """`regular`, `make-up`, `retake`, `repeat`, `transfer` or `visiting`."""
        return str(self.data["mode"])

    @property
    def original_term(self) -> Term:
        """The term in which it was, or should have been, taken first; the term itself where nothing else is said."""
        return Term.parse(self.data["original_term"]) if "original_term" in self.data else self.term

    @property
    def original_course(self) -> str:
        """Its id in the offerings of that term."""
        return str(self.data.get("original_course", self.data["course"]))

    def origin(self, school: School) -> Mapping[str, Any]:
        """All that is known of the original course: `school` only where it is another one."""
        offered = school.offerings.get(self.original_term, {}) if self.mode not in ELSEWHERE else {}
        known = offered.get(self.original_course, {})
        return {**{name: known[name] for name in (*_FACTS, *_SIZES) if name in known}, **self.data.get("original", {})}

    def subject(self, school: School) -> str:
        """What people call it; its id where neither the offerings nor the entry say."""
        offered = school.offerings.get(self.term, {}).get(self.data["course"], {})
        return str(offered.get("subject") or self.origin(school).get("subject") or self.data["course"])

    def unsaid(self, school: School) -> Iterator[str]:
        """The fields, as the entry would write them, that the rosters ask for and nothing here answers."""
        if self.mode not in ELSEWHERE | AGAIN:
            return
        if "original_term" not in self.data and self.mode == "transfer":
            yield "original_term"
        origin = self.origin(school)
        for name in ("school", *_FACTS) if self.mode in ELSEWHERE else _FACTS:
            if name not in origin:
                yield f"original.{name}"
        if not set(_SIZES) & set(origin):
            yield "original.credits"


def taken(record: Record) -> Iterator[tuple[int, Taken]]:
    """The courses of a student's course records, each with its index."""
    if record.term is not None:
        for index, entry in enumerate(record.data["courses"]):
            yield index, Taken(entry, record.term)


def modes_of(mark: Mapping[str, Any], marks: Record, owner: Student) -> frozenset[str]:
    """The modes of the courses that a mark may be of: one, but for a course that is taken twice in its term.

    `original_term` tells two such marks apart, where the mark has it.
    """
    return frozenset(
        course.mode
        for courses in owner.of("course-records")
        if courses.term == marks.term
        for _, course in taken(courses)
        if course.data["course"] == mark["course"]
        if mark.get("original_term", course.data.get("original_term")) == course.data.get("original_term")
    )


def mark_of(course: Taken, marks: Record) -> Mapping[str, Any] | None:
    """The mark of a course among those of its term: of one taken twice the one that names its original term."""
    own = [mark for mark in marks.data["marks"] if mark["course"] == course.data["course"]]
    named = (mark for mark in own if mark.get("original_term") == course.data.get("original_term"))
    return next(named, next(iter(own), None))
