"""An evaluation counts what was due, not what there is: what nobody made counts against who should have (柒)."""

from __future__ import annotations

from datetime import date

from licheng.app.loading.load import load
from licheng.core.term import Term
from licheng.policy.deadlines import duty_dates
from licheng.policy.evaluation import YearTally, obligations
from licheng.policy.submissions import in_force
from tests.trees import FIXTURES, MemoryTree, base
from tests.trees import load as files

STUDENT = "content/students/113/s1139901"
CALENDAR = "content/calendar/114-1.yaml"
STAFF = "content/school/staff.yaml"
AGENCY = "  - {roster: marks, levels: [10, 11, 12], opens: 2026-02-20, closes: 2026-03-10, notice: 測試用文號}\n"


def tree(*without: str) -> MemoryTree:
    """The test school with a day for the courses of 114-1 and with whoever checks them, less some paths."""
    calendar = base().files[CALENDAR].decode()
    assert "agency:\n" in calendar
    dated = calendar.replace("agency:\n", f"agency:\n{AGENCY}", 1).encode()
    staff = base().files[STAFF] + b"  - id: t906\n    posts:\n      - {post: curriculum-head, from: 2024-08-01}\n"
    return base().over({CALENDAR: dated, STAFF: staff}, frozenset(without))


def test_course_records_that_were_never_made_count_against_their_checkers() -> None:
    loaded = load(tree(f"{STUDENT}/terms/114-1/courses.yaml"), date(2026, 11, 23))
    [student] = loaded.students()
    wanted = {duty.row["id"] for duty in duty_dates(loaded.school) if duty.term == Term(114, 1) and duty.due}
    assert "course-selection" in wanted
    missing = [
        obligation for obligation in obligations(student, loaded.school, 114) if obligation.duty == "course-selection"
    ]
    assert [obligation.done for obligation in missing] == [None]
    assert [obligation.people for obligation in missing] == [frozenset({"t906"})]
    tally = YearTally()
    tally.add(YearTally.of(student, loaded.school, 114))
    assert not tally.people()["t906"]["course-selection"].whole


def test_of_a_submission_and_its_corrections_only_the_last_counts() -> None:
    case = FIXTURES / "REF023/good/corrected-and-again"
    school = load(base().over(files(case)), date(2026, 11, 23)).school
    assert [record.data["rows"] for record in in_force(school)] == [43]
    before = load(base().over(files(case)), date(2026, 3, 2)).school
    assert [*in_force(before)] == []
