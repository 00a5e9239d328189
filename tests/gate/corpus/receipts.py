"""What the agency received, who was told, and what students say to it (收訖明細): only added, each by whose it is."""

from __future__ import annotations

from tests.gate.corpus.registry import Ask, accepted, by, refused
from tests.gate.items import HOME, OTHER, STUDENT
from tests.gate.scene import REGISTRAR, Content, Scene

EXPORT = "content/exports/114/course-outputs.yaml"
RECEIPT = "content/receipts/114/course-outputs/0001.yaml"
NOTICE = "content/receipt-notices/114/all.yaml"
CONFIRMATION = f"{HOME}/receipt-confirmations/114/first.yaml"
ANSWER = f"{HOME}/receipt-answers/114/first.yaml"
AGREES = "kind: receipt-confirmation/v1\nreceipt: course-outputs/0001\non: 2026-11-23\nanswer: agrees\n"
REPORTS = AGREES.replace("agrees", "problem") + "problems: [{fault: other}]\n"
ANSWERED = f"kind: receipt-answer/v1\nconfirmation: first\non: 2026-11-23\nby: {REGISTRAR}\noutcome: as-sent\n"
_EXPORTED = (
    f"kind: roster-export/v1\nroster: course-outputs\nlevels: [10, 11, 12]\nexported_on: 2026-11-16\nby: {REGISTRAR}\n"
    f"commit: {'c0' * 20}\nfile: {{name: r.xlsx, size: 9, sha256: {'c9' * 32}}}\nmanifest: {'da' * 32}\n"
    "rows: 1\nleft_out: []\n"
)
_NOTICE = (
    f"kind: receipt-notice/v1\nreceipt: course-outputs/0001\non: 2026-11-23\nby: {REGISTRAR}\n"
    "to: {all: true}\nhow: paper\nproof: {kept: 註冊組檔案櫃}\n"
)


def receipt(came: str = "2026-11-20") -> bytes:
    return (
        f"kind: receipt/v1\nexport: course-outputs\nreceived_on: {came}\nby: {REGISTRAR}\n"
        f"file: {{name: r.xlsx, size: 9, sha256: {'e9' * 32}}}\nrows: {{sent: 1, received: 1, same: 1}}\n"
        f"classes: [{{class: 12a, level: 11, students: [{STUDENT}]}}]\ndifferences: []\n"
    ).encode()


HELD: dict[str, Content] = {EXPORT: _EXPORTED.encode(), RECEIPT: receipt()}


def after(s: Scene, files: dict[str, Content], who: str, held: dict[str, Content] | None = None) -> Ask:
    """A change of what main holds already."""
    main = s.commit({**HELD, **(held or {})}, REGISTRAR)
    return Ask(s.commit(files, who, parent=main), who, {"base": main})


@accepted
def a_receipt_is_recorded(s: Scene) -> Ask:
    return by(s, REGISTRAR, HELD)


@accepted
def a_later_receipt_stands_beside_the_earlier(s: Scene) -> Ask:
    return after(s, {RECEIPT.replace("0001", "0002"): receipt("2026-11-23")}, REGISTRAR)


@refused("GAT004")
def a_receipt_that_is_written_anew(s: Scene) -> Ask:
    return after(s, {RECEIPT: receipt().replace(b"same: 1", b"same: 0")}, REGISTRAR)


@refused("GAT004")
def a_receipt_that_is_taken_away(s: Scene) -> Ask:
    return after(s, {RECEIPT: None}, REGISTRAR)


@refused("GAT003")
def a_receipt_recorded_by_the_student(s: Scene) -> Ask:
    return by(s, STUDENT, HELD)


@accepted
def a_notice_of_a_receipt(s: Scene) -> Ask:
    return after(s, {NOTICE: _NOTICE.encode()}, REGISTRAR)


@refused("GAT004")
def a_notice_of_a_receipt_dated_back(s: Scene) -> Ask:
    earlier = _NOTICE.replace("on: 2026-11-23", "on: 2026-11-20")
    return after(s, {NOTICE: earlier.encode()}, REGISTRAR, {NOTICE: _NOTICE.encode()})


@accepted
def a_student_confirms_a_receipt(s: Scene) -> Ask:
    return after(s, {CONFIRMATION: AGREES.encode()}, STUDENT)


@refused("GAT003")
def a_receipt_confirmed_in_a_classmates_name(s: Scene) -> Ask:
    return after(s, {CONFIRMATION: AGREES.encode()}, OTHER)


@refused("GAT003")
def a_receipt_confirmed_by_the_registry(s: Scene) -> Ask:
    return after(s, {CONFIRMATION: AGREES.encode()}, REGISTRAR)


@refused("GAT004")
def a_reported_problem_turned_into_a_confirmation(s: Scene) -> Ask:
    return after(s, {CONFIRMATION: AGREES.encode()}, STUDENT, {CONFIRMATION: REPORTS.encode()})


@refused("RCT004")
def a_confirmation_of_a_version_that_was_superseded(s: Scene) -> Ask:
    later: dict[str, Content] = {RECEIPT.replace("0001", "0002"): receipt("2026-11-22")}
    return after(s, {CONFIRMATION: AGREES.encode()}, STUDENT, later)


@accepted
def a_reported_problem_is_answered(s: Scene) -> Ask:
    return after(s, {ANSWER: ANSWERED.encode()}, REGISTRAR, {CONFIRMATION: REPORTS.encode()})


@refused("GAT003")
def a_reported_problem_answered_by_the_student(s: Scene) -> Ask:
    return after(s, {ANSWER: ANSWERED.encode()}, STUDENT, {CONFIRMATION: REPORTS.encode()})


@refused("RCT007")
def an_answer_to_a_problem_that_nobody_reported(s: Scene) -> Ask:
    return after(s, {ANSWER: ANSWERED.encode()}, REGISTRAR)


@refused("RCT008")
def a_notice_of_a_receipt_from_before_anybody_received_it(s: Scene) -> Ask:
    return after(s, {NOTICE: _NOTICE.replace("2026-11-23", "2026-11-19").encode()}, REGISTRAR)


@refused("RCT008")
def a_reported_problem_answered_with_an_earlier_day(s: Scene) -> Ask:
    answered = ANSWERED.replace("2026-11-23", "2026-11-19")
    return after(s, {ANSWER: answered.encode()}, REGISTRAR, {CONFIRMATION: REPORTS.encode()})
