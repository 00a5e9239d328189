"""A student sees what the agency has received, confirms it or reports a fault; a real gate takes the answer."""

from __future__ import annotations

import re
from pathlib import Path

from licheng.platform.hand_in import TicketState
from licheng.sources import yaml
from tests.gate.corpus.receipts import ANSWER, ANSWERED, HELD, RECEIPT, receipt
from tests.gate.items import HOME, OTHER, STUDENT
from tests.gate.scene import REGISTRAR
from tests.gate.server import Server
from tests.platform.main_branch import committed_all
from tests.platform.school import NOW, git
from tests.platform.test_edit import SAME, Student, student

__all__ = ["student"]

CONFIRMATIONS = f"{HOME}/receipt-confirmations"
NEW = "s1150001"  # of whom nothing has been submitted yet
DIFFERENCE = b"""differences:
  - {student: %s, sheet: A, item: terms/114-1/outputs/climate, row: 3, fault: file, columns: [B]}
  - {student: %s, sheet: A, item: terms/114-1/outputs/of-another, fault: missing}
"""


def recorded(data: bytes = b"") -> dict[str, bytes]:
    """What the registry records of a receipt."""
    files = {path: content for path, content in HELD.items() if isinstance(content, bytes)}
    return {**files, RECEIPT: data or receipt()}


def received(server: Server, data: bytes = b"") -> None:
    """The registry records a receipt."""
    clone = server.clone(REGISTRAR)
    server.commit(clone, recorded(data), REGISTRAR)
    pushed = server.push(REGISTRAR, clone)
    assert pushed.returncode == 0, pushed.stderr


def sends(student: Student, **fields: str) -> int:
    """What the page's first form posts, with some fields filled in."""
    [form, *_] = re.findall(r'<form method="post" action="/me/receipts".*?</form>', student.html, re.DOTALL)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    answer = student.client.post("/me/receipts", data={**hidden, **fields}, headers=SAME)
    student.html, student.url, student.status = answer.text, str(answer.url), answer.status_code
    return student.status


def became(student: Student, account: str) -> None:
    """The browser is somebody else's."""
    sessions = student.parts.sessions
    student.client.cookies.clear()
    student.client.cookies.set(sessions.cookie_name, sessions.start(account, NOW, "demo"))


def confirmations(server: Server) -> list[object]:
    listed = git(server.root, "ls-tree", "-r", "--name-only", "main", "--", CONFIRMATIONS)
    return [yaml.parse(git(server.root, "show", f"main:{path}")) for path in listed.splitlines()]


def test_without_a_receipt_nothing_is_asked(student: Student) -> None:
    became(student, NEW)
    html = student.get("/me/receipts")
    assert student.status == 200
    assert "目前沒有你的收訖明細" in html
    assert "/me/receipts" in student.get("/")


def test_a_student_sees_the_own_differences_and_confirms_by_one_button(student: Student, server: Server) -> None:
    others = next(path.name for path in Path("content/students/113").iterdir() if path.name != STUDENT)
    held = receipt().replace(b"differences: []\n", DIFFERENCE % (STUDENT.encode(), others.encode()))
    received(server, held)
    html = student.get("/me/receipts")
    assert "尚未回覆" in html
    assert "terms/114-1/outputs/climate: 檔案不同" in html
    assert "of-another" not in html
    assert sends(student, answer="agrees") == 200
    assert "/me/tickets/" in student.url
    student.deliver()
    [ticket] = student.parts.spool.tickets_of(STUDENT)
    assert (ticket.state, ticket.codes) == (TicketState.LANDED, ())
    assert confirmations(server) == [
        {"kind": "receipt-confirmation/v1", "receipt": "course-outputs/0001", "on": "2026-11-23", "answer": "agrees"}
    ]
    html = student.get("/me/receipts")
    assert "已確認" in html
    assert '<form method="post" action="/me/receipts"' not in html


def test_a_fault_is_reported_and_the_form_sent_twice_is_one_report(student: Student, server: Server) -> None:
    received(server)
    student.get("/me/receipts")
    page = student.html
    for _ in range(2):
        student.html = page
        assert sends(student, answer="problem", fault="missing", item="", about="少了合唱團的那一件") == 200
    assert len(student.parts.spool.tickets_of(STUDENT)) == 1
    student.deliver()
    [said] = confirmations(server)
    assert isinstance(said, dict)
    assert said["problems"] == [{"fault": "missing", "about": "少了合唱團的那一件"}]
    html = student.get("/me/receipts")
    assert "回報問題，待處理" in html
    # Three working days after Monday the 23rd.
    assert re.search(r"你在 2026-11-23 回覆\s*<br>註冊組最晚在 2026-11-26 處理這個問題", html)
    [path] = git(server.root, "ls-tree", "-r", "--name-only", "main", "--", CONFIRMATIONS).splitlines()
    clone = server.clone(REGISTRAR, "later")
    answer = ANSWERED.replace("first", Path(path).stem).encode()
    server.commit(clone, {ANSWER: answer}, REGISTRAR)
    assert server.push(REGISTRAR, clone).returncode == 0
    html = student.get("/me/receipts")
    assert "註冊組在 2026-11-23 處理了這個問題" in html
    assert "最晚" not in html


def test_who_presses_enter_in_the_words_of_a_report_agrees_to_nothing(student: Student, server: Server) -> None:
    """Enter presses a form's first button (HTML, 4.10.21.2 Implicit submission)."""
    committed_all(server.root, recorded())  # as above, where the gate takes it
    forms = re.findall(r"<form .*?</form>", student.get("/me/receipts"), re.DOTALL)
    [report] = [form for form in forms if 'name="about"' in form]
    assert re.findall(r'<button name="answer" value="([^"]*)"', report) == ["problem"]


def test_what_is_no_form_of_the_page_is_not_taken(student: Student, server: Server) -> None:
    committed_all(server.root, recorded())  # as above, where the gate takes it
    for fields in (
        {"receipt": "course-outputs/0009"},
        {"receipt": "../../x/0001"},
        {"year": "113"},
        {"_key": "../../etc"},
        {"_key": ""},
        {"answer": ""},
        {"answer": "yes"},
        {"answer": "problem", "fault": "nonsense"},
        {"answer": "problem", "fault": "other", "item": "../../../staff"},
        {"answer": "problem", "fault": "other", "about": "請打 0912-345-678 給我"},
    ):
        student.get("/me/receipts")
        assert sends(student, **{"answer": "agrees", **fields}) >= 400, fields
    assert student.parts.spool.tickets_of(STUDENT) == []


def test_nobody_else_sees_or_answers_it(student: Student, server: Server) -> None:
    committed_all(server.root, recorded())  # as above, where the gate takes it
    student.get("/me/receipts")
    page = student.html
    for account in (OTHER, REGISTRAR):
        became(student, account)
        html = student.get("/me/receipts")
        assert "course-outputs/0001" not in html
        student.html = page
        assert sends(student, answer="agrees") >= 400
    assert student.parts.spool.tickets_of(STUDENT) == []
    assert student.parts.spool.tickets_of(OTHER) == []
