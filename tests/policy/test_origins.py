"""Courses that are not taken for the first time here, their marks, and how a student stands: what rosters ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.codes import Coded, coded, is_complete, last_use, used_on
from licheng.policy.enrolment import EnrolmentState, Visit, standing, visits
from licheng.policy.marks import contradictions, numbers_beside_state
from licheng.policy.origins import Taken, mark_of, modes_of

FOLDER = "content/students/113/s1139901"
TODAY = date(2026, 11, 23)
PHYSICS = {"id": "physics", "code": "D9011-PHY", "subject": "物理", "level": 11, "credits": 2}
ELSEWHERE = {"school": "demo01", "code": "DEMO01-GEO", "subject": "地理", "level": 10, "credits": 2}


def record(kind: str, data: Mapping[str, Any], term: str = "115-1") -> Record:
    names = {"course-records": "courses", "marks": "marks"}
    path = f"{FOLDER}/terms/{term}/{names[kind]}.yaml" if kind in names else f"{FOLDER}/{kind}.yaml"
    identity = {"cohort": "113", "student": "s1139901", "term": term} if kind in names else {"student": "s1139901"}
    return Record(path, kind, identity, data, "", 0)


def school(term: str = "114-1") -> School:
    path = f"content/school/courses/{term}.yaml"
    offerings = Record(path, "course-offerings", {"term": term}, {"courses": [PHYSICS]}, "", 0)
    return School({"course-offerings": (offerings,)}, TODAY)


def course(**fields: Any) -> Taken:
    return Taken({"course": "physics", "section": "a", "mode": "retake", "credits": 2} | fields, Term(115, 1))


def test_the_original_of_an_own_course_is_what_was_offered_then() -> None:
    known = course(original_term="114-1").origin(school())
    assert known == {"code": "D9011-PHY", "subject": "物理", "level": 11, "credits": 2}
    renamed = course(course="physics-again", original_term="114-1", original_course="physics")
    assert renamed.origin(school()) == known
    assert renamed.subject(school()) == "物理"
    assert list(renamed.unsaid(school())) == []


def test_what_the_entry_says_of_the_original_goes_before_the_offerings() -> None:
    said = course(original_term="114-1", original={"level": 10}).origin(school())
    assert said["level"] == 10
    assert said["code"] == "D9011-PHY"


def test_another_schools_course_is_never_looked_up_in_our_offerings() -> None:
    """It may bear the id of one of ours."""
    assert course(mode="transfer", original_term="114-1").origin(school()) == {}
    assert course(mode="transfer", original=ELSEWHERE).subject(school("113-1")) == "地理"


@pytest.mark.parametrize(
    ("fields", "unsaid"),
    [
        ({"mode": "regular"}, []),
        ({"mode": "repeat", "original_term": "113-1"}, []),
        ({"mode": "make-up", "original_term": "114-1"}, []),
        (
            {"mode": "make-up", "original_term": "113-1"},
            ["original.code", "original.subject", "original.level", "original.credits"],
        ),
        ({"mode": "transfer", "original": ELSEWHERE}, ["original_term"]),
        ({"mode": "transfer", "original_term": "114-1", "original": ELSEWHERE}, []),
        ({"mode": "visiting", "original": ELSEWHERE}, []),
        ({"mode": "visiting", "original": {**ELSEWHERE, "school": "demo01", "credits": 2}}, []),
        ({"mode": "visiting", "original": {"school": "demo01", "code": "A", "subject": "B", "level": 10}},
         ["original.credits"]),
        ({"mode": "visiting", "original": {"school": "demo01", "code": "A", "subject": "B", "level": 10, "periods": 3}},
         []),
    ],
)  # fmt: skip
def test_what_the_rosters_still_lack_is_named(fields: Mapping[str, Any], unsaid: list[str]) -> None:
    assert list(course(**fields).unsaid(school())) == unsaid


TWICE = record(
    "course-records",
    {
        "courses": [
            {"course": "physics", "section": "a", "mode": "regular", "credits": 2},
            {"course": "physics", "section": "a", "mode": "retake", "credits": 2, "original_term": "114-1"},
        ]
    },
)


def test_of_a_course_taken_twice_the_mark_names_its_term() -> None:
    first, again = Taken(TWICE.data["courses"][0], Term(115, 1)), Taken(TWICE.data["courses"][1], Term(115, 1))
    marks = record(
        "marks",
        {"marks": [{"course": "physics", "mark": 70, "original_term": "114-1"}, {"course": "physics", "mark": 50}]},
    )
    assert mark_of(first, marks) == {"course": "physics", "mark": 50}
    assert mark_of(again, marks) == {"course": "physics", "mark": 70, "original_term": "114-1"}
    student = Student(FOLDER, {"course-records": (TWICE,), "marks": (marks,)})
    assert modes_of(marks.data["marks"][0], marks, student) == {"retake"}
    assert modes_of(marks.data["marks"][1], marks, student) == {"regular", "retake"}
    assert mark_of(course(course="chinese"), marks) is None


def test_marks_after_a_transfer_are_judged_by_the_credited_one() -> None:
    assert list(contradictions({"mark": 55, "transferred_mark": 60, "passed": True})) == []
    assert list(contradictions({"mark": 60, "transferred_mark": 59, "passed": True})) == [
        ("transferred_mark", "passed")
    ]
    assert list(contradictions({"state": "exempt", "passed": True})) == []
    evening = {"mark": 50, "passed": False, "resit_mark": 50, "resit_passed": False}
    later = {"second_resit_mark": 60, "second_resit_passed": False, "year_mark": 59, "year_passed": True}
    assert [wrong for _, wrong in contradictions(evening | later)] == ["second_resit_passed", "year_passed"]


def test_only_who_missed_the_examination_may_have_a_resit() -> None:
    resit = {"resit_mark": 60, "resit_passed": True}
    assert list(numbers_beside_state({"state": "missed", **resit})) == []
    assert list(numbers_beside_state({"state": "exempt", **resit})) == ["resit_mark"]
    assert list(numbers_beside_state({"mark": 60})) == []


EVENTS = [
    {"on": "2024-08-01", "event": "entry", "level": 10, "class": "10a"},
    {"on": "2025-02-10", "event": "suspension"},
    {"on": "2025-08-01", "event": "resumption", "level": 10, "class": "10b"},
    {"on": "2026-08-01", "event": "class-change", "level": 11, "class": "11a"},
    {"on": "2027-04-15", "event": "application"},
    {"on": "2027-06-05", "event": "graduation"},
]


@pytest.mark.parametrize(
    ("on", "event", "since"),
    [
        ("2024-08-01", "entry", "2024-08-01"),
        ("2025-02-09", "entry", "2024-08-01"),
        ("2025-02-10", "suspension", "2025-02-10"),
        ("2026-12-01", "resumption", "2025-08-01"),  # another class is none
        ("2027-06-04", "resumption", "2025-08-01"),  # nor is an application
        ("2027-06-05", "graduation", "2027-06-05"),
    ],
)
def test_enrolment_state_and_its_day_follow_from_the_events(on: str, event: str, since: str) -> None:
    own = record("student", {"events": EVENTS})
    assert standing(own, date.fromisoformat(on)) == EnrolmentState(event, date.fromisoformat(since))
    assert standing(own, date(2024, 7, 31)) is None


def test_a_visit_counts_in_every_term_that_it_has_a_day_of() -> None:
    own = record(
        "student", {"events": EVENTS, "visits": [{"school": "demo01", "starts": "2026-07-31", "ends": "2027-01-31"}]}
    )
    visit = Visit("demo01", date(2026, 7, 31), date(2027, 1, 31))
    assert [list(visits(own, term)) for term in (Term(114, 2), Term(115, 1), Term(115, 2))] == [[visit], [visit], []]


def test_a_code_is_judged_by_its_list_and_its_day() -> None:
    name = {"zh": "甲", "en": "A"}
    modes: dict[str, Any] = {"complete": False, "values": [{"code": 1, "name": name, "until": "2026-10-31"}]}
    courses = record("course-records", {"courses": [{"retake_mode": 1}, {"retake_mode": 2, "transfer_status": 3}]})
    first, second, unlisted = coded(courses, {"retake_modes": modes})
    assert (first.entry, first.is_unknown, second.is_unknown) == (modes["values"][0], False, True)
    assert (unlisted.codes, unlisted.entry, unlisted.is_unknown) == (None, None, False)
    assert [code.place.pointer for code in (first, second, unlisted)] == [
        ("courses", 0, "retake_mode"),
        ("courses", 1, "retake_mode"),
        ("courses", 1, "transfer_status"),
    ]
    assert first.allowed == {"zh": "1 甲", "en": "1 A"}
    assert not is_complete(modes)
    assert is_complete({"values": []})
    assert last_use(first.entry) == date(2026, 10, 31)  # type: ignore[arg-type]
    assert used_on(courses, TODAY) == date(2026, 8, 1)
    nothing: list[Coded] = list(coded(courses, None))
    assert nothing == []
