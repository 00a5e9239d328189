"""Receipts: who was told, what a student says to one, when a problem is due, and 視同確認, which is never stored."""

from __future__ import annotations

from datetime import date

import pytest

from licheng.app.loading.load import load
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import duties
from licheng.policy.audit import received
from licheng.policy.calendar import Phase, is_working_day, working_days_after
from licheng.policy.deadlines import DeadlineKind, deadlines
from licheng.policy.evaluation import YearTally
from licheng.policy.going_out import of_one, of_school
from licheng.policy.receiving.confirming import ReceiptAnswer, days_left, problems, standings
from licheng.policy.receiving.progress import ANSWER, deadlines_of
from licheng.policy.receiving.versions import folder_of, latest
from licheng.policy.reminders import reminders
from licheng.policy.status import Status, count, public
from tests.trees import FIXTURES, MemoryTree, case

STUDENT = "content/students/113/s1139901"
CALENDAR = "content/calendar/114-2.yaml"
BOOK = "content/rulebook/2018-05-30.yaml"
RECEIPT = "content/receipts/114/course-outputs/000{}.yaml"
NOTICE = """kind: receipt-notice/v1
receipt: course-outputs/0001
on: {on}
by: t903
to: {to}
how: paper
proof: {{kept: 註冊組檔案櫃}}
"""
ANSWERED = "kind: receipt-answer/v1\nconfirmation: {of}\non: {on}\nby: t903\noutcome: {outcome}\n"


def tree(**files: str) -> MemoryTree:
    """A receipt of the second of October 2026, whose window is open from the fifth to the twelfth."""
    return case(FIXTURES / "RCT001/bad/nobody-told").over({path: text.encode() for path, text in files.items()})


def notice(on: str = "2026-10-05", to: str = "{all: true}", name: str = "all") -> dict[str, str]:
    return {f"content/receipt-notices/114/{name}.yaml": NOTICE.format(on=on, to=to)}


def confirmation(on: str, answer: str = "agrees", name: str = "first", version: int = 1) -> dict[str, str]:
    text = f"kind: receipt-confirmation/v1\nreceipt: course-outputs/000{version}\non: {on}\nanswer: {answer}\n"
    problem = "problems: [{fault: other}]\n" if answer == "problem" else ""
    return {f"{STUDENT}/receipt-confirmations/114/{name}.yaml": text + problem}


def answer(on: str, outcome: str = "as-sent", of: str = "first", name: str = "first") -> dict[str, str]:
    return {f"{STUDENT}/receipt-answers/114/{name}.yaml": ANSWERED.format(of=of, on=on, outcome=outcome)}


def demanding(text: str) -> dict[str, str]:
    """The rulebook with a say about receipts."""
    written = tree().files[BOOK].decode()
    return {BOOK: written.replace("disclosure:\n", f"receipts: {text}\ndisclosure:\n")}


def read(today: str, files: dict[str, str]) -> tuple[Student, School]:
    loaded = load(tree(**files), date.fromisoformat(today), handbook=False)
    [student] = loaded.students()
    assert not loaded.school.broken
    assert not student.broken
    return student, loaded.school


def state(today: str, **files: str) -> ReceiptAnswer:
    [standing] = standings(*read(today, files))
    return standing.state


DEEMED = demanding("{notices: 2, deemed: true, article: 肆.一}")
TWICE = {**notice(), **notice("2026-10-07", "{classes: [12a]}", "class")}


@pytest.mark.parametrize(
    ("today", "files", "said"),
    [
        ("2026-10-12", DEEMED | TWICE, "waiting"),  # the last day is one of the window
        ("2026-10-13", DEEMED | TWICE, "deemed"),
        ("2026-10-13", TWICE, "lapsed"),  # a rulebook that does not say so does not deem
        ("2026-10-13", demanding("{notices: 2}") | TWICE, "lapsed"),
        ("2026-10-13", DEEMED | notice(), "lapsed"),  # once is not twice
        ("2026-10-13", DEEMED | notice() | notice("2026-10-07", "{classes: [11a]}", "class"), "lapsed"),
        ("2026-10-13", DEEMED | notice() | notice("2026-10-13", name="late"), "lapsed"),
        ("2026-10-14", DEEMED | notice() | notice("2026-10-07", "{students: [s1139901]}", "one"), "deemed"),
        ("2026-10-13", demanding("{notices: 2, days: 9, deemed: true}") | TWICE, "lapsed"),
        ("2026-10-13", DEEMED | TWICE | confirmation("2026-10-06"), "confirmed"),
        ("2026-10-20", DEEMED | TWICE | confirmation("2026-10-06", "problem"), "reported"),
        ("2026-10-05", confirmation("2026-10-06"), "waiting"),  # nothing counts before its day
        ("2026-10-20", confirmation("2026-10-06", "problem") | answer("2026-10-08"), "look-again"),
        ("2026-10-07", confirmation("2026-10-06", "problem") | answer("2026-10-08"), "reported"),
        ("2026-10-20", confirmation("2026-10-06", "problem") | answer("2026-10-08", "to-correct"), "correcting"),
        (
            "2026-10-20",
            confirmation("2026-10-06", "problem") | answer("2026-10-08") | confirmation("2026-10-09", name="second"),
            "confirmed",
        ),
    ],
)
def test_what_a_student_says_to_a_receipt(today: str, files: dict[str, str], said: str) -> None:
    assert state(today, **files) == said


def test_a_signed_sheet_confirms_and_a_later_version_asks_anew() -> None:
    sheet = f"kind: receipt-sheet/v1\nreceipt: course-outputs/0001\non: 2026-10-08\nby: t903\nsha256: {'d5' * 32}\n"
    files = {f"{STUDENT}/receipt-sheets/114/sheet.yaml": sheet}
    assert state("2026-10-09", **files) == "confirmed"
    first = tree().files[RECEIPT.format(1)].decode()
    again = {RECEIPT.format(2): first.replace("received_on: 2026-10-02", "received_on: 2026-10-09")}
    assert state("2026-10-08", **files, **again) == "confirmed"
    assert state("2026-10-09", **files, **again) == "waiting"
    assert state("2026-10-09", **files, **again, **confirmation("2026-10-09", version=2)) == "confirmed"


def test_the_days_of_a_window_count_from_when_there_is_something_to_look_at() -> None:
    text = tree().files[RECEIPT.format(1)].decode()
    for came, days in (("2026-10-02", 8), ("2026-10-05", 8), ("2026-10-10", 3), ("2026-10-12", 1)):
        student, school = read("2026-10-12", {RECEIPT.format(1): text.replace("2026-10-02", came)})
        [standing] = standings(student, school)
        assert standing.window is not None
        assert days_left(standing.receipt, standing.window) == days
    student, school = read("2026-10-13", {RECEIPT.format(1): text.replace("2026-10-02", "2026-10-13")})
    [standing] = standings(student, school)
    assert (standing.window, standing.state) == (None, "waiting")


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2026-10-05", "2026-10-08"),  # Monday to Thursday
        ("2026-10-08", "2026-10-14"),  # a weekend and a day off between
        ("2026-10-10", "2026-10-15"),  # a Saturday
        ("2026-10-22", "2026-10-26"),  # the Saturday is made up for
    ],
)
def test_three_working_days_are_those_of_the_schools_calendar(on: str, due: str) -> None:
    calendar = "content/calendar/115-1.yaml"
    written = tree().files[calendar].decode()
    days = "days_off: [2026-10-12]\nmake_up_days: [2026-10-24]\nclosing:"
    student, school = read(
        "2026-10-12", {calendar: written.replace("closing:", days, 1), **confirmation(on, "problem")}
    )
    assert not is_working_day(date(2026, 10, 12), school)
    assert is_working_day(date(2026, 10, 24), school)
    assert working_days_after(date.fromisoformat(on), 3, school) == date.fromisoformat(due)
    reported = list(problems(student, school))
    assert [str(problem.due) for problem in reported] == ([due] if on <= "2026-10-12" else [])


def test_duties_and_reminders_know_what_is_confirmed_and_what_has_to_be_answered() -> None:
    files = confirmation("2026-10-06", "problem")

    def now(today: str, **more: str) -> tuple[list[duties.DutyState], list[tuple[str, str, int | None]]]:
        student, school = read(today, {**files, **more})
        progress = duties.DutyProgress()
        progress.add(duties.count(student, school))
        states = duties.states(progress, school)
        told = reminders((*deadlines(school), *deadlines_of(progress.receipts, school)), states, school)
        mine = [duty for duty in states if duty.duty.startswith("receipt-")]
        return mine, [
            (each.owner.id, each.deadline.kind, each.open) for each in told if each.deadline.kind == DeadlineKind.ANSWER
        ]

    [confirming, answering], told = now("2026-10-07")
    assert (confirming.tally, confirming.phase) == (duties.DutyTally(1, 0), Phase.RUNNING)
    assert (answering.duty, answering.tally, answering.due) == (ANSWER, duties.DutyTally(1, 0), date(2026, 10, 9))
    assert told == [("registry", "answer", 1)]
    [confirming, answering], told = now("2026-10-13")
    assert (confirming.phase, answering.phase) == (Phase.OVERDUE, Phase.OVERDUE)
    assert told == [("registry", "answer", 1)]
    [confirming, answering], told = now(
        "2026-10-13", **answer("2026-10-08"), **confirmation("2026-10-09", name="second")
    )
    assert (confirming.phase, answering.phase, told) == (Phase.DONE, Phase.DONE, [])


def test_a_status_counts_students_by_what_they_say_and_hides_small_numbers() -> None:
    student, school = read("2026-10-07", confirmation("2026-10-06"))
    table = Status.of([count(student, school)]).table(["114", "115"])
    shown = {(row.period, row.measure.state): row.counts for row in table.rows if row.measure.subject == "receipt"}
    assert {period for period, _ in shown} == {"114"}
    assert {state for _, state in shown} == {*ReceiptAnswer}
    assert {state: counts for (_, state), counts in shown.items() if any(counts)} == {"confirmed": (0, 1, 0)}
    assert not any(any(row.counts) for row in public(table, 5).rows)


@pytest.mark.parametrize(("on", "due", "on_time"), [("2026-10-09", 1, 1), ("2026-10-12", 1, 0)])
def test_an_evaluation_counts_answers_in_time_to_whoever_gave_them(on: str, due: int, on_time: int) -> None:
    files = confirmation("2026-10-06", "problem") | answer(on)
    tally = YearTally.of(*read("2026-10-20", files), 114)
    share = tally.people()["t903"][ANSWER]
    assert (share.due, share.on_time) == (due, on_time)
    assert ANSWER not in YearTally.of(*read("2026-10-08", files), 114).due
    assert ANSWER not in YearTally.of(*read("2026-10-20", files), 115).due


@pytest.mark.parametrize(
    ("today", "files", "expected"),
    [
        ("2026-10-01", notice(), {}),  # it came on the second
        ("2026-10-04", notice(), {"receipts": 1, "asked": 1}),
        ("2026-10-06", TWICE | confirmation("2026-10-06"), {"receipts": 1, "notices": 1, "asked": 1, "confirmed": 1}),
        ("2026-10-14", DEEMED | TWICE, {"receipts": 1, "notices": 2, "asked": 1, "deemed": 1}),
        ("2026-10-14", confirmation("2026-10-06", "problem"), {"receipts": 1, "asked": 1}),
    ],
)
def test_an_evaluation_counts_receipts_notices_and_who_confirmed(
    today: str, files: dict[str, str], expected: dict[str, int]
) -> None:
    student, school = read(today, files)
    assert of_one(student, school, 114) + of_school(school, 114) == expected
    assert +of_one(student, school, 115) + of_school(school, 115) == {}


def test_an_audit_tells_of_the_receipts_and_notices_of_a_student() -> None:
    files = (
        notice() | notice("2026-10-06", "{classes: [11b]}", "others") | notice("2026-10-07", "{classes: [12a]}", "own")
    )
    deeds = list(received(*read("2026-10-20", files)))
    assert [(deed.what, deed.detail, deed.claims, deed.at.date().isoformat()) for deed in deeds] == [
        ("received", "course-outputs/0001 0", "t903", "2026-10-02"),
        ("notified", "course-outputs/0001 paper", "t903", "2026-10-05"),
        ("notified", "course-outputs/0001 paper", "t903", "2026-10-07"),
    ]


def test_nothing_is_said_of_a_receipt_that_has_not_come() -> None:
    student, school = read("2026-10-01", {})
    assert not [*latest(school)]
    assert not [*standings(student, school)]


def test_receipts_of_a_roster_that_was_exported_again_lie_in_one_folder() -> None:
    export = "content/exports/114/course-outputs{}.yaml"
    first = tree().files[export.format("")].decode()
    others = {
        export.format("-2"): first.replace("exported_on: 2026-09-28", "exported_on: 2026-09-29"),
        export.format("-3"): first.replace("levels: [10, 11, 12]", "levels: [11]"),
        export.format("-first"): first.replace("levels:", "batch: first\nlevels:"),
    }
    _, school = read("2026-10-09", others)
    folders = {record.slug: folder_of(record, school) for record in school.of("roster-export")}
    assert folders == {
        "course-outputs": "course-outputs",
        "course-outputs-2": "course-outputs",
        "course-outputs-3": "course-outputs-3",
        "course-outputs-first": "course-outputs-first",
    }
