"""An evaluation counts what was due, not what there is: what nobody made counts against who should have (柒)."""

from __future__ import annotations

from datetime import date

import pytest

from licheng.app.evaluate import figures
from licheng.app.loading.load import load
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.deadlines import duty_dates
from licheng.policy.evaluation import YearTally, obligations, public_figures
from licheng.policy.going_out import GOING_OUT, publishable
from licheng.policy.status import RELEASES, Status, count
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


CONSENT = """kind: release-consent/v1
committee: 測試大學
on: {}
outputs: [115-1/pendulum]
activities: []
statement: false
"""
RELEASE = f"""kind: release/v1
committee: 測試大學
on: 2027-05-06
by: t903
commit: {"c0" * 20}
consents: [second]
items: [{{item: terms/115-1/outputs/pendulum, files: [{{name: item.md, size: 412, sha256: {"c9" * 32}}}]}}]
manifest: {"da" * 32}
"""
SEALED = f"""kind: seal/v1
on: 2032-05-02
by: t903
applied_on: 2027-04-20
commit: {"c0" * 20}
files: 96
bytes: 31204512
manifest: {"da" * 32}
sealed: {{size: 31310848, sha256: {"3b" * 32}}}
"""
WENT_OUT = {
    "release-consent/first.yaml": CONSENT.format("2027-04-20") + "revoked_on: 2027-08-02\n",
    "release-consent/second.yaml": CONSENT.format("2027-07-31"),
    "release-consent/third.yaml": CONSENT.format("2027-08-01"),
    "releases/first.yaml": RELEASE,
}
LEFT = b"  - {on: 2027-04-20, event: application}\n  - {on: 2027-06-05, event: graduation}\n"


def gone_out(today: date) -> tuple[Student, School]:
    files = {f"{STUDENT}/{path}": text.encode() for path, text in WENT_OUT.items()}
    files[f"{STUDENT}/student.yaml"] = base().files[f"{STUDENT}/student.yaml"] + LEFT
    files["content/seals/113/s1139902/seal.yaml"] = SEALED.encode()
    loaded = load(base().over(files), today, handbook=False)
    [student] = loaded.students()
    assert not student.broken
    return student, loaded.school


def counted(today: date, year: int) -> dict[str, int]:
    """What went out, as the record of an evaluation has it: zeros left out."""
    student, school = gone_out(today)
    tally = YearTally()
    tally.add(YearTally.of(student, school, year))
    counts: dict[str, int] = figures(tally, school, year)["going_out"]
    assert tuple(counts) == GOING_OUT
    return {name: number for name, number in counts.items() if number}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 4, 19), {}),
        (date(2027, 4, 20), {("115", "given"): 1}),
        (date(2027, 8, 1), {("115", "given"): 2, ("116", "given"): 1, ("115", "recorded"): 1}),
        (date(2027, 8, 2), {("115", "given"): 1, ("115", "revoked"): 1, ("116", "given"): 1, ("115", "recorded"): 1}),
    ],
)
def test_a_status_counts_consents_and_releases_by_the_school_year_of_their_day(
    today: date, expected: dict[tuple[str, str], int]
) -> None:
    table = Status.of([count(*gone_out(today))]).table(["115", "116"])
    rows = [row for row in table.rows if row.measure in RELEASES]
    assert {(row.period, row.measure.state): row.total for row in rows if row.total} == expected
    # All three rows of a year, or none of them.
    assert len(rows) == 3 * len({period for period, _ in expected})


@pytest.mark.parametrize(
    ("today", "year", "expected"),
    [
        (date(2027, 7, 30), 115, {"consents": 1, "releases": 1}),  # nothing counts before its day
        (date(2027, 12, 1), 115, {"consents": 2, "releases": 1}),
        (date(2027, 12, 1), 116, {"consents": 1, "revoked": 1}),
        (date(2032, 4, 20), 120, {}),
        (date(2032, 4, 21), 120, {"seals_due": 1}),
        (date(2032, 5, 2), 120, {"seals_due": 2, "sealed": 1}),
        (date(2032, 8, 2), 121, {"seals_due": 1}),  # still owed, the sealed one not any more
        (date(2032, 8, 2), 119, {}),  # its day came later
    ],
)
def test_what_went_out_counts_by_the_school_year_of_its_day(today: date, year: int, expected: dict[str, int]) -> None:
    assert counted(today, year) == expected


def test_what_went_out_is_rounded_as_the_rest_and_an_evaluation_may_be_without_it() -> None:
    counts = dict.fromkeys(GOING_OUT, 4) | {"asked": 20, "confirmed": 13, "deemed": 2, "consents": 9}
    public = publishable(counts, 5)
    zeros = dict.fromkeys(("revoked", "releases", "seals_due", "sealed"), 0)
    assert public == {"receipts": 4, "notices": 4, "confirmed_percent": 75, "consents": 5, **zeros}
    assert publishable({**counts, "asked": 4, "confirmed": 4}, 5)["confirmed_percent"] is None
    block = {
        "duties": [],
        "certification": {"decided": 0, "returned": 0},
        "trainings": {"wanted": 6, "held": 6},
        "meetings": {"wanted": 2, "held": 2},
    }
    assert public_figures(block, 5).consents is None
    assert public_figures({**block, "going_out": counts}, 5).consents == 5
