"""Questions that many ask and one function answers: where something stands by its days, a student's level on a day."""

from __future__ import annotations

from datetime import date

import pytest

from licheng.core.record import Record
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.calendar import Phase, phase_on
from licheng.policy.enrolment import level_on, place_on
from licheng.policy.periods import days, days_within, judged_term

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 10)
FOLDER = "content/students/113/s1139901"


@pytest.mark.parametrize(
    ("opens", "closes", "today", "phase"),
    [
        (FIRST, LAST, date(2026, 8, 31), Phase.COMING),
        (FIRST, LAST, FIRST, Phase.RUNNING),
        (FIRST, LAST, LAST, Phase.RUNNING),
        (FIRST, LAST, date(2026, 9, 11), Phase.ENDED),
        (None, LAST, date(2000, 1, 1), Phase.RUNNING),
        (FIRST, None, FIRST, Phase.UNDATED),
        (FIRST, None, date(2026, 8, 31), Phase.COMING),
    ],
)
def test_phase_by_days(opens: date | None, closes: date | None, today: date, phase: Phase) -> None:
    assert phase_on(opens, closes, today) is phase


def record(kind: str, path: str, identity: dict[str, str], **data: object) -> Record:
    return Record(path, kind, identity, data, "", 0)


def test_level_on_a_day_where_the_students_own_record_is_there_and_where_it_is_not() -> None:
    entry = {"on": "2024-08-01", "event": "entry", "level": 10, "class": "10a"}
    own = record("student", f"{FOLDER}/student.yaml", {}, events=[entry])
    student = Student(FOLDER, {"student": (own,)})
    assert (place_on(student, FIRST), level_on(student, FIRST)) == ((10, "10a"), 10)
    assert level_on(student, date(2024, 7, 31)) is None
    assert level_on(Student(FOLDER, {}), FIRST) is None


def test_days_of_lists_of_paths_and_of_fields_that_are_left_out() -> None:
    absences = [{"on": "2026-09-02"}, {"on": "2026-09-03"}]
    attendance = record("attendance", f"{FOLDER}/attendance/115-1.yaml", {"term": "115-1"}, absences=absences)
    assert [(when.day, pointer) for when, pointer in days_within(attendance)] == [
        (2, ("absences", 0, "on")),
        (3, ("absences", 1, "on")),
    ]
    meeting = record("meeting", "content/working-group/115-1/2026-09-04.md", {"term": "115-1", "date": "2026-09-04"})
    assert [(when, pointer) for _, when, pointer in days(meeting)] == [(date(2026, 9, 4), ("kind",))]
    assert list(days(record("activity", f"{FOLDER}/years/115/activities/x/item.md", {"year": "115"}))) == []


def test_the_term_that_judges_a_record_without_one_in_its_path() -> None:
    today = date(2026, 11, 23)
    club = record("club", f"{FOLDER}/clubs/x.yaml", {}, starts="2025-09-01", ends="2026-06-30")
    assert judged_term(club, today) == Term(114, 1)
    other = record("other", f"{FOLDER}/others/x/item.md", {}, recorded_on="2026-03-02")
    assert judged_term(other, today) == Term(114, 2)
    support = record("support-request", "content/support/x.yaml", {}, reported_on="2017-01-01")
    assert judged_term(support, today) == Term.on(today)  # what is the school's own goes by today
