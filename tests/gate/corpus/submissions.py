"""Days that the registry writes itself: of an upload to the agency, and of a first check (伍.末, 伍.五)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from licheng.app.server.received import ReceiptLog
from tests.gate.corpus.records import check, right
from tests.gate.corpus.registry import Ask, accepted, by, refused
from tests.gate.items import HOME, TERM
from tests.gate.scene import NOW, REGISTRAR, Content, Scene

FIRST = "students-1-level-10-11-12"  # main has it: of 20 October, three days before the agency closed
CHECK = f"{HOME}/verifications/{TERM}/basic-data.yaml"  # of 30 September
IN_MARCH = datetime(2027, 3, 12, 4, tzinfo=UTC)  # the agency's last day for marks, at noon


def submission(name: str, on: str, *more: str, roster: str = "students") -> dict[str, Content]:
    lines = [
        "kind: agency-submission/v1",
        f"roster: {roster}",
        "levels: [10, 11, 12]",
        f"term: {TERM}",
        f"submitted_on: {on}",
        f"by: {REGISTRAR}",
        f"file: {{name: a.xlsx, size: 10, sha256: {'ab' * 32}}}",
        "rows: 3",
        *more,
    ]
    return {f"content/submissions/115/{name}.yaml": "".join(f"{line}\n" for line in lines).encode()}


def correction(of: str) -> tuple[str, str]:
    return f"corrects: {of}", "reason: 筆數抄錯一位。"


@refused("DUE005")
def an_upload_dated_back_to_the_last_day(s: Scene) -> Ask:
    return by(s, REGISTRAR, submission("students-2", "2026-10-23"))


@refused("DUE005")
def an_upload_of_yesterday_the_day_after_the_deadline(s: Scene) -> Ask:
    now = IN_MARCH + timedelta(days=1)
    return by(s, REGISTRAR, submission("marks-1", "2027-03-12", roster="marks"), now=now)


@refused("DUE005")
def an_upload_written_down_before_it_happened(s: Scene) -> Ask:
    return by(s, REGISTRAR, submission("students-2", "2026-11-22"), received=NOW - timedelta(days=2))


@refused("DUE005")
def an_upload_whose_correction_is_of_an_earlier_day(s: Scene) -> Ask:
    return by(s, REGISTRAR, submission("students-2", "2026-10-15", *correction(FIRST)))


@refused("DUE005")
def an_upload_with_the_extension_that_it_needs(s: Scene) -> Ask:
    """The agency's date is that of main; an extension lands first, by its notice."""
    calendar = f"content/calendar/{TERM}.yaml"
    later = "amendments:\n  - {roster: students, closes: 2026-11-30, on: 2026-10-20, notice: 示範文號}\n"
    files = submission("students-2", "2026-10-23")
    return by(s, REGISTRAR, {**files, calendar: s.read(calendar) + later.encode()})


@refused("DUE005")
def an_upload_that_corrects_what_was_only_claimed(s: Scene) -> Ask:
    main = s.commit(submission("marks-1", "2026-11-12", "claimed: true", roster="marks"), REGISTRAR)
    again = submission("marks-2", "2026-11-12", *correction("marks-1"), roster="marks")
    return Ask(s.commit(again, REGISTRAR, parent=main), REGISTRAR, {"base": main})


@refused("REF023")
def two_uploads_that_correct_each_other(s: Scene) -> Ask:
    files = submission("a", "2026-11-23", *correction("b")) | submission("b", "2026-11-23", *correction("a"))
    return by(s, REGISTRAR, files)


@refused("GAT004")
def a_claim_taken_out_of_an_upload(s: Scene) -> Ask:
    main = s.commit(submission("students-2", "2026-10-23", "claimed: true"), REGISTRAR)
    again = submission("students-2", "2026-10-23")
    return Ask(s.commit(again, REGISTRAR, parent=main), REGISTRAR, {"base": main})


@accepted
def an_upload_said_to_be_claimed(s: Scene) -> Ask:
    return by(s, REGISTRAR, submission("students-2", "2026-10-23", "claimed: true"))


@accepted
def an_upload_on_the_last_day(s: Scene) -> Ask:
    return by(s, REGISTRAR, submission("marks-1", "2027-03-12", roster="marks"), now=IN_MARCH)


@accepted
def an_upload_of_friday_on_monday(s: Scene) -> Ask:
    return by(s, REGISTRAR, submission("students-2", "2026-11-20"))


@accepted
def an_upload_that_was_first_received_in_time(s: Scene) -> Ask:
    """Whoever was refused, or overtaken, on the last day is not late when the same record comes again."""
    files = submission("marks-1", "2027-03-12", roster="marks")
    sent = s.commit(files, REGISTRAR, at=IN_MARCH)
    verdict = s.judge(sent, REGISTRAR, now=IN_MARCH)
    log = ReceiptLog(s.scratch / sent / "receipts.jsonl")
    log.path.unlink(missing_ok=True)
    facts = {"things": dict(verdict.things), "reserved": sorted(verdict.reserved)}
    log.append(IN_MARCH, "received", actor=verdict.actor, base=s.base, head=sent, outcome="accepted", **facts)
    later = IN_MARCH + timedelta(days=5)
    return Ask(s.commit(files, REGISTRAR, at=later), REGISTRAR, {"now": later, "log": log})


@accepted
def an_upload_whose_number_is_corrected_later(s: Scene) -> Ask:
    """The record that it corrects came in time, and it says the same day."""
    return by(s, REGISTRAR, submission("students-2", "2026-10-20", *correction(FIRST)))


def again(s: Scene, line: str) -> dict[str, Content]:
    """The check of today, made again, with a line more."""
    [(path, data)] = check("basic-data", "registrar", REGISTRAR, right(s, "student.yaml")).items()
    assert isinstance(data, bytes)
    return {path: data.replace(b"on: 2026-11-23\n", line.encode())}


@refused("DUE007")
def a_first_check_earlier_than_the_record_before_knows(s: Scene) -> Ask:
    return by(s, REGISTRAR, again(s, "on: 2026-11-23\nfirst_on: 2026-09-11\n"))


@refused("DUE007")
def a_check_made_again_that_is_dated_back(s: Scene) -> Ask:
    return by(s, REGISTRAR, again(s, "on: 2026-09-11\n"))


@refused("DUE007")
def a_first_check_before_there_was_any(s: Scene) -> Ask:
    main = s.commit({CHECK: None}, REGISTRAR)
    files = again(s, "on: 2026-11-23\nfirst_on: 2026-09-30\n")
    return Ask(s.commit(files, REGISTRAR, parent=main), REGISTRAR, {"base": main})


@accepted
def a_check_made_again_that_keeps_its_first_day(s: Scene) -> Ask:
    return by(s, REGISTRAR, again(s, "on: 2026-11-23\nfirst_on: 2026-09-30\n"))
