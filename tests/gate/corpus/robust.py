"""Much at once, and values of the wrong type where the gate itself looks: refused in plain words, never a crash."""

from __future__ import annotations

from tests.gate.corpus.registry import ACCOUNTS, CALENDAR, OWN, STAFF, Ask, accepted, by, edited, refused
from tests.gate.items import HOME, STUDENT, TERM
from tests.gate.scene import DEAN, IT, REGISTRAR, Content, Scene

REQUEST = (
    "kind: support-request/v1\ncategory: account\nreported_on: 2026-11-10\nstate: open\nunit: it\n"
    "summary: 新生無法登入，等資訊組處理。\n"
)


@refused("ATT002")
def hundreds_of_stray_files_in_an_item(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{OWN}/stray-{number:03d}.txt": b"x" for number in range(300)})


@refused("SCH001")
def a_hundred_broken_students(s: Scene) -> Ask:
    new = {f"content/students/113/s9{number:06d}/student.yaml": b"kind: student/v1\n" for number in range(100)}
    return by(s, REGISTRAR, new)


@refused("SCH001")
def a_hundred_broken_support_requests(s: Scene) -> Ask:
    return by(
        s, IT, {f"content/support/request-{number:03d}.yaml": b"kind: support-request/v1\n" for number in range(100)}
    )


@refused("GAT003")
def a_hundred_support_requests_of_a_stranger(s: Scene) -> Ask:
    return by(s, STUDENT, {f"content/support/request-{number:03d}.yaml": REQUEST.encode() for number in range(100)})


@refused("SCH003")
def accounts_as_a_mapping(s: Scene) -> Ask:
    return by(s, IT, {ACCOUNTS: b"kind: accounts/v1\naccounts: {t001: {holder: staff}}\n"})


@refused("SCH003")
def staff_that_is_null(s: Scene) -> Ask:
    return by(s, REGISTRAR, {STAFF: b"kind: staff/v1\nstaff: null\n"})


@refused("YML007")
def a_calendar_that_is_a_list(s: Scene) -> Ask:
    return by(s, DEAN, {CALENDAR: b"- kind: term-calendar/v1\n- 115-1\n"})


@refused("SCH003")
def marks_of_a_wrong_type(s: Scene) -> Ask:
    return by(s, REGISTRAR, {f"{HOME}/terms/{TERM}/marks.yaml": b"kind: marks/v1\nmarks: {pe-5: [{}]}\n"})


@refused("SCH003")
def numbers_where_text_belongs(s: Scene) -> Ask:
    return by(s, STUDENT, edited(s, f"{OWN}/item.md", "submitted: true", "submitted: [true]"))


@accepted
def forty_support_requests_at_once(s: Scene) -> Ask:
    return by(s, IT, {f"content/support/request-{number:03d}.yaml": REQUEST.encode() for number in range(40)})


@accepted
def the_marks_of_all_students_of_a_term(s: Scene) -> Ask:
    """Every student's record of a term's marks, brought in one change."""
    paths = [path for path in s.paths("content/students") if path.endswith("/marks.yaml")]
    files: dict[str, Content] = {path: s.read(path) + "# 補登後重送\n".encode() for path in paths}
    assert len(files) > 30
    return by(s, REGISTRAR, files)
