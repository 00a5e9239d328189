"""A school that begins in the middle of a year with three cohorts: earlier terms in short, their works claimed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.core.term import Term
from licheng.policy.certification import State, state
from licheng.policy.portfolio import portfolio
from licheng.policy.quota import submitted_tallies
from licheng.policy.status import Cell, Measure, Status, count
from tests.certified import COORDINATORS, GENESIS, STUDENT, Certified
from tests.command import licheng
from tests.trees import MemoryTree, base

TODAY = date(2027, 3, 10)
FOUNDED, BEGUN = b"2027-02-15", Term(115, 2)
TERMS = [Term(year, half) for year in (113, 114, 115) for half in (1, 2)]
EARLIER = TERMS[:-1]
COHORTS = {113: STUDENT, 114: "s1149901", 115: "s1159901"}
CLASSES = {10: "10a", 11: "11a", 12: "12a"}
SIGNED = {"on": "2027-03-05", "signed_at": "2027-03-05T02:00:00Z", "certified_on": "2025-01-10"}


def home(cohort: int) -> str:
    return f"content/students/{cohort}/{COHORTS[cohort]}"


def taken(cohort: int) -> list[Term]:
    return [term for term in TERMS if term.year >= cohort]


def courses_of(term: Term) -> str:
    """A course of each year level that is at school."""
    text = "kind: course-offerings/v1\ncourses:\n"
    for level, name in CLASSES.items():
        if term.year - (level - 10) in COHORTS:
            text += f"  - id: physics-{level}\n    code: D-{term}-{level}\n    subject: 物理\n    level: {level}\n"
            text += "    credits: 2\n    type: required\n    sections:\n"
            text += f"      - {{id: a, classes: [{name}], teachers: [t904]}}\n"
    return text


@pytest.fixture(scope="module")
def made() -> Certified:
    """The school, whole: five terms in short, and its first."""
    made = Certified()
    made.genesis()
    made.files[GENESIS] = made.files[GENESIS].replace(b"2025-08-01", FOUNDED)
    for staff in COORDINATORS:
        made.enrol(staff, witness=None)
    made.enrol("t904")
    made.earlier("113-1")
    for term in EARLIER:
        made.earlier(str(term))
    there = base().files
    first = there["content/calendar/114-2.yaml"].replace(b"2026-", b"2027-").replace(b"114-2/", b"115-2/")
    made.files["content/calendar/115-2.yaml"] = first
    minutes = there["content/working-group/114-2/2026-03-03.md"]
    made.files["content/working-group/115-2/2027-03-03.md"] = minutes
    seats = there["content/working-group/seats.yaml"].decode()
    made.files["content/working-group/seats.yaml"] = seats.encode()
    for term in TERMS:
        made.files[f"content/school/courses/{term}.yaml"] = courses_of(term).encode()
    for cohort in COHORTS:
        enrolled(made, cohort)
    return made


def enrolled(made: Certified, cohort: int) -> None:
    """A student from entry on, with courses, marks and three outputs a term, those of earlier terms claimed."""
    events = [
        f"  - {{on: {year + 1911}-08-01, event: {'entry' if year == cohort else 'class-change'},"
        f" level: {10 + year - cohort}, class: {CLASSES[10 + year - cohort]}}}\n"
        for year in range(cohort, 116)
    ]
    made.files[f"{home(cohort)}/student.yaml"] = (
        f"kind: student/v1\nprogramme: general\nevents:\n{''.join(events)}".encode()
    )
    for term in taken(cohort):
        course = f"physics-{10 + term.year - cohort}"
        top = f"{home(cohort)}/terms/{term}"
        took = f"kind: course-records/v1\ncourses:\n  - {{course: {course}, section: a, mode: regular, credits: 2}}\n"
        made.files[f"{top}/courses.yaml"] = took.encode()
        if term in EARLIER:
            marks = f"kind: marks/v1\nmarks:\n  - {{course: {course}, mark: 80, passed: true, credited: true}}\n"
            made.files[f"{top}/marks.yaml"] = marks.encode()
        for number in range(3 if term in EARLIER else 1):
            where = made.output(f"{top}/outputs/work-{number}", course=course)
            if term in EARLIER:
                made.claim(where, signed=SIGNED)


def tree(made: Certified) -> MemoryTree:
    gone = {
        path for path in base().files if path.split("/")[1] in {"working-group", "training", "evaluation", "calendar"}
    }
    gone |= {path for path in base().files if path.startswith("content/school/courses/")}
    return base().over(made.files, frozenset(gone - made.files.keys()))


def found(made: Certified) -> list[tuple[str, str]]:
    return [(finding.code, finding.location.path) for finding in check(tree(made), TODAY).findings]


def test_it_checks_clean(made: Certified) -> None:
    assert found(made) == []


def test_each_state_and_each_quota_is_that_of_its_term(made: Certified) -> None:
    loaded = load(tree(made), TODAY)
    students = {student.id: student for student in loaded.students()}
    assert len(students) == 3
    for cohort, who in COHORTS.items():
        student = students[who]
        states = {(item.term, state(item, student, loaded.school).state) for item in student.of("course-output")}
        assert states == {(term, State.CLAIMED if term in EARLIER else State.SUBMITTED) for term in taken(cohort)}
        tallies = {
            tally.period: (tally.used, tally.limit)
            for tally in submitted_tallies(student, loaded.school, "course-output")
        }
        assert tallies == {str(term): (3, 3) if term in EARLIER else (1, 3) for term in taken(cohort)}
        shown = portfolio(student, loaded.school, Term(115, 1))
        assert shown is not None
        assert [output.usable for output in shown.outputs] == [True] * 3
        assert shown.missing == ()  # of an earlier term the school owes nothing here


def test_the_status_counts_every_cohort_in_every_term(made: Certified) -> None:
    loaded = load(tree(made), TODAY)
    status = Status.of(count(student, loaded.school) for student in loaded.students())
    assert status.unreadable == 0
    for cohort in COHORTS:
        for term in taken(cohort):
            level = 10 + term.year - cohort
            assert status.cells[Cell(str(term), level, Measure("students", "recorded"))] == 1
            claimed = status.cells[Cell(str(term), level, Measure("course-output", "claimed"))]
            assert claimed == (3 if term in EARLIER else 0)


def test_a_fourth_of_an_earlier_term_is_one_too_many(made: Certified) -> None:
    more = Certified(dict(made.files), made.keys)
    where = more.output(f"{home(113)}/terms/113-2/outputs/work-3", course="physics-10")
    more.claim(where, signed=SIGNED)
    assert found(more) == [("QUO001", f"{where}/item.md")]


def test_of_its_first_term_nothing_can_be_claimed(made: Certified) -> None:
    more = Certified(dict(made.files), made.keys)
    path = more.claim(f"{home(113)}/terms/115-2/outputs/work-0", signed=SIGNED)
    assert found(more) == [("CER024", path)]


def test_of_its_first_term_the_calendar_is_told_in_full(made: Certified) -> None:
    more = Certified(dict(made.files), made.keys)
    path = "content/calendar/115-2.yaml"
    more.files[path] = more.files[path].partition(b"windows:")[0]
    assert ("SCH011", path) in found(more)


# The commands that begin so.


def test_a_school_is_founded_with_its_earlier_terms(tmp_path: Path, wheel: Path, keys: tuple[Path, Path]) -> None:
    command = [
        "init",
        "school",
        "--name",
        "測試高中",
        "--code",
        "000000",
        "--engine",
        str(wheel),
        "--now",
        "2027-02-15T02:00:00Z",
    ]
    command += ["--coordinators", f"{keys[0]}.pub", f"{keys[1]}.pub", "--key", str(keys[0]), "--key", str(keys[1])]
    for refused in ("115-2", "115-3", "100-1", "soon"):
        done = licheng(tmp_path, *command, "--since", refused)
        assert (done.returncode, list(tmp_path.iterdir())) == (2, []), refused
        assert "APP017" in done.stderr
    done = licheng(tmp_path, *command, "--since", "113-1")
    assert done.returncode == 0, done.stderr
    school = tmp_path / "school"
    calendars = {path.stem: path.read_text(encoding="utf-8") for path in (school / "content/calendar").iterdir()}
    assert sorted(calendars) == [str(term) for term in TERMS]
    assert [term for term, text in calendars.items() if "windows" in text] == ["115-2"]
    for term in ("112-2", "116-1"):
        assert licheng(school, "new", "term-calendar", "--term", term, "--today", "2027-02-15").returncode == 0
    assert "windows" not in (school / "content/calendar/112-2.yaml").read_text(encoding="utf-8")
    assert "windows" in (school / "content/calendar/116-1.yaml").read_text(encoding="utf-8")
    done = licheng(school, "check", "--today", "2027-02-15")
    assert done.returncode == 0, done.stdout
