"""Progress of duties from the records themselves: what must exist, what counts as there, and what is never asked."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from licheng.app.status import overview, read_school
from licheng.core.term import Term
from licheng.policy.calendar import Phase
from licheng.policy.duties import DutyCell, DutyProgress, DutyState, DutyTally, StudentDuties, phase
from tests.clock.year import tree_on
from tests.trees import MemoryTree, base

TODAY = date(2026, 11, 23)
STUDENT = "content/students/113/s1139901"
OUTPUT = f"{STUDENT}/terms/114-1/outputs/pendulum/item.md"
TEXT = "---\nkind: course-output/v1\ncourse: physics\nsummary: 摘要\nsubmitted: {}\nattachments: []\n---\n"
COURSES = f"{STUDENT}/terms/114-1/courses.yaml"


def state(row: str, tree: MemoryTree, term: str = "114-1", today: date = TODAY) -> DutyState:
    found = overview(tree, read_school(tree, today)).duties
    [one] = [one for one in found if one.duty == row and str(one.term) == term]
    return one


def seen(row: str, files: dict[str, str], term: str = "114-1", today: date = TODAY) -> tuple[Phase, int, int]:
    found = state(row, base().over({path: text.encode() for path, text in files.items()}), term, today)
    return found.phase, found.tally.done, found.tally.needed


def verification(
    courses: bytes, on: str = "2025-10-01", digest: str = "", name: str = "terms/114-1/courses.yaml"
) -> dict[str, str]:
    own = sha256(courses).hexdigest()
    digest = digest or sha256(f"{own}  {name}\n".encode()).hexdigest()
    head = f"kind: verification/v1\npost: curriculum-head\nby: t901\non: {on}\n"
    text = f"{head}files:\n  - name: {name}\n    sha256: {own}\ndigest: {digest}\n"
    return {f"{STUDENT}/verifications/114-1/course-records.yaml": text}


def test_no_number_of_uploads_is_asked_for() -> None:
    assert seen("course-outputs", {}) == (Phase.ENDED, 0, 0)
    assert seen("course-outputs", {OUTPUT: TEXT.format("false")}) == (Phase.ENDED, 0, 0)
    assert seen("external-contests", {})[0] is not Phase.OVERDUE


def test_what_was_submitted_waits_for_its_certification() -> None:
    assert seen("course-outputs", {OUTPUT: TEXT.format("true")}) == (Phase.OVERDUE, 0, 1)
    assert seen("course-outputs", {OUTPUT: TEXT.format("true")}, today=date(2026, 3, 6)) == (Phase.RUNNING, 0, 1)


def test_a_term_without_absences_is_recorded_all_the_same() -> None:
    assert seen("attendance", {}) == (Phase.OVERDUE, 0, 1)
    written = {f"{STUDENT}/attendance/114-1.yaml": "kind: attendance/v1\nabsences: []\nnone: true\n"}
    assert seen("attendance", written) == (Phase.DONE, 1, 1)


def test_marks_are_there_when_every_course_has_one() -> None:
    def marks(*courses: str) -> dict[str, str]:
        entry = "  - {{course: {}, mark: 80, passed: true, credited: true}}\n"
        text = "kind: marks/v1\nmarks:\n" + "".join(entry.format(course) for course in courses)
        return {f"{STUDENT}/terms/114-1/marks.yaml": text}

    tree = base()
    taken = [line.split("course: ")[1].split(",")[0].strip() for line in tree.files[COURSES].decode().split("\n")
             if "course: " in line]  # fmt: skip
    assert len(taken) > 1
    assert seen("marks", marks(*taken))[1:] == (1, 1)
    assert seen("marks", marks(*taken[1:]))[1:] == (0, 1)
    assert seen("marks", {})[1:] == (0, 1)


def test_a_check_counts_for_the_file_as_it_is_and_from_its_own_day() -> None:
    right = base().files[COURSES]
    assert seen("course-selection", verification(right))[1:] == (1, 1)
    assert seen("course-selection", verification(right + b"# later\n"))[1:] == (0, 1)
    assert seen("course-selection", {})[1:] == (0, 1)
    early = date(2025, 9, 30)
    assert seen("course-selection", verification(right, "2025-10-01"), today=early)[1:] == (0, 1)


def test_a_check_counts_only_with_the_digest_of_its_own_files() -> None:
    right = base().files[COURSES]
    assert seen("course-selection", verification(right, digest="0" * 64))[1:] == (0, 1)
    assert seen("course-selection", verification(right, digest=sha256(right).hexdigest()))[1:] == (0, 1)
    assert seen("course-selection", verification(right, name="terms/115-1/courses.yaml"))[1:] == (0, 1)


def test_a_status_counts_the_checks_that_have_to_be_made_again() -> None:
    def checks(courses: bytes, digest: str = "") -> dict[str, int]:
        files = {path: text.encode() for path, text in verification(courses, digest=digest).items()}
        tree = base().over(files)
        cells = overview(tree, read_school(tree, TODAY)).counts.cells
        return {cell.measure.state: number for cell, number in cells.items() if cell.measure.subject == "verification"}

    right = base().files[COURSES]
    assert checks(right) == {"current": 1}
    assert checks(right + b"# later\n") == {"stale": 1}
    assert checks(right, "0" * 64) == {}


@pytest.mark.parametrize(("event", "needed"), [("transfer-out", 0), ("suspension", 0), ("graduation", 1)])
def test_nothing_more_is_expected_of_who_left_within_the_term(event: str, needed: int) -> None:
    tree = base()
    own = tree.files[f"{STUDENT}/student.yaml"].decode()
    left = own.rstrip("\n") + f"\n  - on: 2026-12-01\n    event: {event}\n"
    after = date(2026, 12, 15)
    assert seen("attendance", {f"{STUDENT}/student.yaml": left}, "115-1", after)[2] == needed
    assert seen("attendance", {}, "115-1", after)[2] == 1


def test_what_an_office_has_to_settle_for_the_whole_school() -> None:
    request = (
        "kind: support-request/v1\ncategory: system\nreported_on: 2025-10-01\nstate: {}\nunit: it\nsummary: 測試\n"
    )
    path = "content/support/slow.yaml"
    assert seen("platform", {path: request.format("open")}) == (Phase.OVERDUE, 0, 1)
    closed = request.format("closed") + "closed_on: 2025-10-03\n"
    assert seen("platform", {path: closed}) == (Phase.ENDED, 1, 1)
    assert seen("platform", {path: closed}, today=date(2025, 10, 2)) == (Phase.RUNNING, 0, 1)


def test_only_the_office_that_held_a_contest_is_late_with_its_results() -> None:
    found = state("school-contests", tree_on(TODAY))
    assert (found.phase, [owner.id for owner in found.owners]) == (Phase.OVERDUE, ["academic-affairs"])


def test_the_registrys_upload_is_a_duty_of_its_own() -> None:
    tree = tree_on(TODAY)
    record = "content/submissions/114/marks-1-level-10-11-12.yaml"

    def upload(held: MemoryTree, today: date) -> Phase:
        duties = overview(held, read_school(held, today)).duties
        return next(one.phase for one in duties if one.id == "114-1/upload/marks/10-11-12")

    without = tree.over({}, frozenset({record}))
    assert upload(tree, TODAY) is Phase.DONE
    assert upload(without, TODAY) is Phase.OVERDUE
    assert upload(without, date(2026, 3, 6)) is Phase.RUNNING
    assert upload(without, date(2026, 2, 22)) is Phase.COMING
    assert upload(tree, date(2026, 3, 2)) is Phase.RUNNING  # submitted the day after


@pytest.mark.parametrize(
    ("expects", "tally", "today", "expected"),
    [
        ("every-student", DutyTally(3, 3), date(2026, 1, 5), Phase.DONE),
        ("what-was-submitted", DutyTally(3, 3), date(2026, 1, 5), Phase.RUNNING),  # more may come
        ("what-was-submitted", DutyTally(3, 3), date(2026, 1, 11), Phase.DONE),
        ("what-was-submitted", DutyTally(3, 2), date(2026, 1, 10), Phase.RUNNING),  # the last day counts
        ("what-was-submitted", DutyTally(3, 2), date(2026, 1, 11), Phase.OVERDUE),
        ("what-happened", DutyTally(), date(2026, 1, 11), Phase.ENDED),
        ("applicants", DutyTally(), date(2026, 1, 11), Phase.ENDED),
        ("every-student", DutyTally(3, 2), date(2025, 12, 31), Phase.COMING),
    ],
)
def test_phases(expects: str, tally: DutyTally, today: date, expected: Phase) -> None:
    assert phase(date(2026, 1, 1), date(2026, 1, 10), tally, today, expects) is expected
    late = phase(date(2026, 1, 1), None, tally, today, expects)
    assert late in (Phase.UNDATED, Phase.COMING, Phase.DONE)


def test_the_order_of_students_is_irrelevant() -> None:
    ones = [StudentDuties({DutyCell("marks", "115-1", level): DutyTally(1, level % 2)}, frozenset({f"c{level}"}))
            for level in (10, 11, 12)]  # fmt: skip
    forwards, backwards = DutyProgress(), DutyProgress()
    for one in ones:
        forwards.add(one)
    for one in reversed(ones):
        backwards.add(one)
    assert forwards == backwards
    assert forwards.of("marks", Term.parse("115-1"), (10, 11)) == DutyTally(2, 1)


def test_whoever_was_not_moved_up_is_not_done() -> None:
    """ENR006, ENR007 and the registry's row go by the same: a check of last year's class is no check of this year's."""
    old = "kind: student/v1\nprogramme: general\nevents:\n  - {on: 2024-08-01, event: entry, level: 10, class: 10a}\n"
    moved = f"{old}  - {{on: 2025-08-01, event: class-change, level: 11, class: 11a}}\n"
    for text, done in ((old, 0), (moved, 1)):
        own = sha256(text.encode()).hexdigest()
        digest = sha256(f"{own}  student.yaml\n".encode()).hexdigest()
        head = "kind: verification/v1\npost: registrar\nby: t903\non: 2025-10-01\n"
        check = f"{head}files:\n  - name: student.yaml\n    sha256: {own}\ndigest: {digest}\n"
        files = {f"{STUDENT}/student.yaml": text, f"{STUDENT}/verifications/114-1/basic-data.yaml": check}
        assert seen("basic-data", files)[1:] == (done, 1)
