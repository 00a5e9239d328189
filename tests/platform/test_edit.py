"""A student writes, attaches and hands in by the pages themselves, against a school's server with its real gate."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from licheng.demo.school import INTAKE
from licheng.platform import editing
from licheng.platform.hand_in import TicketState
from licheng.platform.parts import Parts
from licheng.platform.server import application
from licheng.platform.settings import Settings
from licheng.policy.certification import USABLE, state
from licheng.sources import confined, tree
from tests.gate.items import HOME, OTHER, STUDENT
from tests.gate.server import Server
from tests.inspection import samples
from tests.platform.client import Client
from tests.platform.forms.posting import posted_from
from tests.platform.school import NOW, delivery, git

ORIGIN = "http://localhost:8001"
SAME = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


@dataclass
class Student:
    """A browser without scripts, signed in."""

    client: Client
    server: Server
    state: Path
    parts: Parts
    status: int = 0
    html: str = ""
    url: str = ""

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        self.html, self.url, self.status = answer.text, str(answer.url), answer.status_code
        return self.html

    @property
    def fields(self) -> dict[str, list[str]]:
        """What the browser would post of the form on the page."""
        [form] = re.findall(r'<form [^>]*id="record".*?</form>', self.html, re.DOTALL)
        return posted_from(form)

    def press(self, do: str, files: Any = None, **changes: str | list[str]) -> str:
        """Fill in the form and press a button."""
        data = {**self.fields, **{name: [text] if isinstance(text, str) else text for name, text in changes.items()}}
        [action] = re.findall(r'action="([^"]*)" enctype', self.html)
        answer = self.client.post(action, data={**data, "_do": do}, files=files or {"_file": ("", b"")}, headers=SAME)
        self.html, self.url, self.status = answer.text, str(answer.url), answer.status_code
        return self.html

    def deliver(self) -> None:
        """What a delivery of the platform does."""
        delivering = delivery(self.server.root, self.state)
        delivering.deliver(NOW)

    def begin(self, kind: str, **values: str) -> str:
        token = re.findall(r'name="csrf" value="([^"]+)"', self.get("/me/new"))[0]
        answer = self.client.post("/me/new", data={"csrf": token, "kind": kind, **values}, headers=SAME)
        self.html, self.url, self.status = answer.text, str(answer.url), answer.status_code
        return self.html


@pytest.fixture
def student(server: Server, tmp_path: Path) -> Iterator[Student]:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    settings = Settings(ORIGIN, "http://sign.localhost:8002", str(server.root), None, state, INTAKE, demo=True)
    now: list[datetime] = [NOW]
    with Client(application(settings, lambda: now[0]), ORIGIN, follow_redirects=True) as client:
        parts = client.parts
        client.cookies.set(parts.sessions.cookie_name, parts.sessions.start(STUDENT, NOW, "demo"))
        yield Student(client, server, state, parts)
    parts.school_view.close()


def test_what_can_be_written_is_shown(student: Student) -> None:
    html = student.get("/me/new")
    assert student.status == 200
    for title in ("課程學習成果", "多元表現", "115-1"):
        assert title in html


WORK = {"name": "校刊封面設計", "summary": "為校刊設計封面與內頁版型。", "on": "2026-10-10", "_body": "第一行\n第二行"}
PHONE = samples.photo(samples.exif(artist=b"Invented Author", gps=True))
ACTING = samples.document(
    b"<< /S /JavaScript /JS (app.alert) >>", catalog=b"/OpenAction 4 0 R", info=b"/Author (Invented)"
)


def begun(student: Student, **values: str) -> str:
    """A new activity, filled in and saved; its path below the student's folder."""
    student.begin("activity", year="115", category="work")
    assert student.status == 200
    below = student.url.removeprefix(f"{ORIGIN}/me/edit/").partition("?")[0]
    student.press("save", **{**WORK, **values})
    assert student.status == 200
    return below


def attached(student: Student, file: str, data: bytes, **fields: str) -> str:
    return student.press("attach", {"_file": (file, data)}, **fields)


def landed(student: Student, below: str) -> bytes:
    """What main has after a delivery."""
    student.deliver()
    return git(student.server.root, "show", f"main:{HOME}/{below}").encode()


def files(student: Student, folder: str) -> list[str]:
    """What main has in a folder."""
    return git(student.server.root, "ls-tree", "-r", "--name-only", "main", "--", f"{HOME}/{folder}").splitlines()


def code(student: Student) -> str:
    """Of the error page."""
    match = re.search(r"代碼 (APP[0-9]{3})", student.html)
    return match[1] if match is not None else ""


def test_handing_in_looks_into_no_file_again_and_starts_no_git(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found when it was attached, and what was read of the student, is known in the minute of the rush."""
    begun(student)
    attached(student, "cover.jpg", PHONE)
    asked = list[object]()
    monkeypatch.setattr(confined, "ask", asked.append)
    monkeypatch.setattr(tree, "open_git", asked.append)
    student.press("submit")
    assert "/me/tickets/" in student.url
    assert asked == []


def test_an_activity_is_written_handed_in_and_lands(student: Student) -> None:
    below = begun(student, on="")
    key = below.replace("/", ".")
    assert "草稿已儲存" in student.html
    student.press("submit")
    assert (student.status, re.findall(r'href="#f-([a-z_]+)"', student.html)) == (422, ["on"])
    student.press("submit", on="2026-10-10")
    assert "/me/tickets/" in student.url
    assert student.parts.drafts.keys(STUDENT) == [key]
    student.get(f"/me/edit/{below}")
    assert "正在等學校的檢查" in student.html
    text = landed(student, below).decode()
    assert "name: 校刊封面設計" in text
    assert text.endswith("---\n\n第一行\n第二行")
    assert "submitted: true" in text
    student.get(f"/me/edit/{below}")
    assert student.parts.drafts.keys(STUDENT) == []
    assert student.fields["_body"] == ["第一行\r\n第二行"]


def test_a_form_sent_twice_is_handed_in_once(student: Student) -> None:
    begun(student)
    page = student.html
    student.press("submit")
    first = student.url
    student.html = page
    student.press("submit")
    assert student.url == first
    assert len(student.parts.spool.waiting()) == 1


def test_what_main_has_is_changed_and_taken_back(student: Student) -> None:
    below = begun(student)
    student.press("submit")
    landed(student, below)
    student.get(f"/me/edit/{below}")
    student.press("submit", name="校刊封面與封底設計")
    before = git(student.server.root, "show", f"main:{HOME}/{below}")
    after = landed(student, below).decode()
    assert after == before.replace("校刊封面設計", "校刊封面與封底設計")
    student.get(f"/me/edit/{below}")
    student.press("withdraw")
    assert landed(student, below).decode() == after.replace("submitted: true", "submitted: false")
    student.get(f"/me/edit/{below}")
    assert "撤回" not in student.html


def test_what_the_gate_refuses_comes_back_with_its_words_and_all_that_was_typed(student: Student) -> None:
    below = begun(student)
    student.press("submit")
    landed(student, below)
    student.get(f"/me/edit/{below}")
    stale = student.fields
    student.press("put", name="先到的")
    landed(student, below)
    student.parts.drafts.remove(STUDENT, below.replace("/", "."), tab="nobody")
    student.get(f"/me/edit/{below}")
    student.press("submit", name="後到的", _base=stale["_base"])
    [ticket] = student.parts.spool.waiting()
    student.deliver()
    settled = student.parts.spool.ticket(STUDENT, ticket.id)
    assert settled is not None
    assert settled.state is TicketState.REFUSED
    html = student.get(f"/me/edit/{below}")
    assert settled.words["zh-TW"].splitlines()[0][:20] in html.replace("&#34;", '"')
    assert student.fields["name"] == ["後到的"]
    assert "以目前的紀錄為準" in html
    student.press("rebase")
    student.press("submit")
    assert "name: 後到的" in landed(student, below).decode()


def test_a_second_page_never_types_over_the_first(student: Student) -> None:
    below = begun(student)
    one = student.get(f"/me/edit/{below}")
    two = student.get(f"/me/edit/{below}")
    student.html = one
    student.press("save", name="甲頁")
    student.html = two
    html = student.press("save", name="乙頁")
    assert student.fields["name"] == ["甲頁"]
    assert "另外還有這些草稿" in html
    assert "乙頁" in html
    token = re.findall(r'name="csrf" value="([^"]+)"', html)[0]
    [choice] = re.findall(r'value="(choose [0-9a-f]+)"', html)
    student.client.post(f"/me/edit/{below}", data={"csrf": token, "_do": choice}, headers=SAME)
    student.get(f"/me/edit/{below}")
    assert student.fields["name"] == ["乙頁"]
    [drop] = re.findall(r'value="(drop [0-9a-f]+)"', student.html)
    student.client.post(f"/me/edit/{below}", data={"csrf": token, "_do": drop}, headers=SAME)
    assert "另外還有這些草稿" not in student.get(f"/me/edit/{below}")


def test_a_file_is_cleaned_shown_and_handed_in(student: Student) -> None:
    below = begun(student)
    html = attached(student, "我的照片.JPG", PHONE)
    assert "我的照片.JPG" in html
    assert "拍攝地點的經緯度（EXIF）" in html
    student.press("submit")
    text = landed(student, below).decode()
    assert "name: attachment-1.jpg" in text
    assert "title: 我的照片.JPG" in text
    folder = below.rpartition("/")[0]
    assert len(files(student, folder)) == 2
    student.get(f"/me/edit/{below}")
    assert list((student.state / "uploads" / STUDENT).iterdir()) == []
    student.press("submit", _detach="attachment-1.jpg")
    assert "attachments: []" in landed(student, below).decode()
    assert len(files(student, folder)) == 1


def test_a_file_is_taken_back(student: Student) -> None:
    begun(student)
    attached(student, "photo.jpg", PHONE)
    [upload] = student.fields["_upload"]
    student.press(f"give-up {upload}")
    assert "_upload" not in student.fields
    assert list((student.state / "uploads" / STUDENT).iterdir()) == []


def test_what_acts_is_taken_out_only_if_one_says_so(student: Student) -> None:
    below = begun(student)
    attached(student, "report.pdf", ACTING)
    assert (student.status, code(student)) == (400, "APP065")
    student.get(f"/me/edit/{below}")
    html = attached(student, "report.pdf", ACTING, _care="all")
    assert student.status == 200
    assert "report.pdf" in html


@pytest.mark.parametrize(
    ("name", "data", "fields", "wanted"),
    [
        ("virus.exe", b"MZ", {}, "APP012"),
        ("photo.jpg", b"%PDF-1.7", {}, "APP012"),
        ("photo.jpg", PHONE, {"_file_digest": "0" * 64}, "APP344"),
        ("photo.jpg", PHONE, {"_file_digest": "x"}, "APP344"),
        ("photo.jpg", PHONE[:200], {}, "APP066"),
        ("big.pdf", b"%PDF-1.7" + b"x" * (12 << 20), {}, "APP343"),
        ("", b"", {}, "APP347"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_what_was_typed_stays(
    student: Student, name: str, data: bytes, fields: dict[str, str], wanted: str
) -> None:
    below = begun(student)
    attached(student, name, data, name="這一段要留著", **fields)
    assert code(student) == wanted
    assert student.status == (413 if wanted == "APP343" else 400)
    student.get(f"/me/edit/{below}")
    assert student.fields["name"] == ["這一段要留著"]
    assert "_upload" not in student.fields
    folder = student.state / "uploads" / STUDENT
    assert not folder.exists() or list(folder.iterdir()) == []


def test_the_digest_of_the_browser_is_the_one_of_what_arrived(student: Student) -> None:
    begun(student)
    attached(student, "photo.jpg", PHONE, _file_digest=hashlib.sha256(PHONE).hexdigest())
    assert student.status == 200
    assert len(student.fields["_upload"]) == 1


@pytest.mark.parametrize(
    "below",
    ["../s1130002/statement/item.md", "student.yaml", "attendance/115-1.yaml", "terms/115-1/courses.yaml", "x", "",
     "terms/115-1/outputs/../x/item.md", "terms/115-9/outputs/x/item.md"],
)  # fmt: skip
def test_only_ones_own_records_that_students_write_have_a_form(student: Student, below: str) -> None:
    student.get(f"/me/edit/{below}")
    assert student.status in {400, 404}
    assert 'id="record"' not in student.html


def test_nobody_reads_the_drafts_and_tickets_of_another(student: Student) -> None:
    below = begun(student)
    student.press("submit")
    ticket = student.url
    sessions = student.parts.sessions
    student.client.cookies.clear()
    student.client.cookies.set(sessions.cookie_name, sessions.start(OTHER, NOW, "demo"))
    student.get(ticket)
    assert student.status == 400
    student.get(f"/me/edit/{below}")
    assert "校刊封面設計" not in student.html


def put(student: Student, key: str, data: Any, token: str = "") -> Any:
    token = token or re.findall(r'name="csrf" value="([^"]+)"', student.get("/me/new"))[0]
    return student.client.put(f"/drafts/{key}", json=data, headers={**SAME, "x-csrf-token": token})


def test_a_script_is_told_what_became_of_a_text(student: Student) -> None:
    below = begun(student)
    key = below.replace("/", ".")
    seen = student.fields["_seen"][0]
    data = {"tab": "t1", "number": 1, "seen": seen, "fields": {"name": ["自動存的"]}}
    answer = put(student, key, data)
    assert (answer.status_code, answer.json()["changed"]) == (200, True)
    assert put(student, key, data).json()["changed"] is False
    student.get(f"/me/edit/{below}")
    assert student.fields["name"] == ["自動存的"]
    wrong = put(student, key, [1])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "APP340")
    assert put(student, key, data, "0" * 96).status_code == 403
    assert student.client.put(f"/drafts/{key}", content="[" * 100_000, headers={
        **SAME, "content-type": "application/json",
        "x-csrf-token": re.findall(r'name="csrf" value="([^"]+)"', student.html)[0]}).status_code == 422  # fmt: skip
    assert student.client.put("/drafts/%2e%2e%2fx", json=data, headers=SAME).status_code in {403, 404, 405, 422}


def test_rows_are_added_and_removed_by_buttons(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "_offered", lambda _: {})  # as of a student who has made nothing to choose from
    student.begin("release-consent")
    assert student.status == 200
    student.press("save", _add="outputs")
    assert [name for name in student.fields if name.startswith("outputs.0")] != []
    student.press("save", _remove="outputs.0")
    assert [name for name in student.fields if name.startswith("outputs.")] == []


def test_every_page_is_there_in_english(student: Student) -> None:
    below = begun(student)
    html = student.get(f"/me/edit/{below}?lang=en")
    assert "Hand in" in html
    assert "A work of" in html or "Work" in html
    assert "校刊封面設計" in html


def test_what_is_certified_is_ticked_and_counted_and_comes_back_before_its_window(student: Student) -> None:
    """勾選: by batch, from what may be selected, with how many there are (肆.一)."""
    html = student.get("/me/new")
    assert re.findall(r'<option value="(first|second|regular)">', html) == [
        "first"
    ]  # the second batch is of the next term
    student.begin("selection", year="115", batch="first")
    assert student.url.endswith("/me/edit/selection/115/first.yaml")
    offered = re.findall(r'name="outputs" value="([^"]+)"', student.html)
    view = student.parts.school_view.now()
    assert view is not None
    owner = view.student(STUDENT)
    assert owner is not None
    states = {f"{item.term}/{item.slug}": state(item, owner, view.school).state for item in owner.of("course-output")}
    assert set(offered) == {item for item, now in states.items() if now in USABLE}
    assert set(states) > set(offered) > set()
    assert "已勾選 0 件；全學年各梯次合計最多 6 件" in student.html
    student.press("save", on="2026-11-23", outputs=[offered[0]], activities=[])
    assert "已勾選 1 件；全學年各梯次合計最多 6 件" in student.html
    student.press("submit", on="2026-11-23", outputs=[offered[0]], activities=[])
    assert "/me/tickets/" in student.url
    student.deliver()
    [ticket] = student.parts.spool.tickets_of(STUDENT)
    assert (ticket.state, ticket.codes) == (TicketState.REFUSED, ("GAT013",))  # the window opens in February
    assert list(ticket.files) == [f"{HOME}/selection/115/first.yaml"]


def test_a_consent_is_given_and_revoked(student: Student) -> None:
    """釋出同意: by the student alone, and nothing more is released from the day of its revocation on (肆.二)."""
    student.begin("release-consent")
    below = student.url.removeprefix(f"{ORIGIN}/me/edit/")
    [output, *_] = re.findall(r'name="outputs" value="([^"]+)"', student.html)
    given = {"committee": "示範大學招生委員會", "on": "2026-11-23", "statement": "false"}
    student.press("submit", **given, outputs=[output], activities=[])
    assert b"revoked_on" not in landed(student, below)
    student.get(f"/me/edit/{below}")
    student.press("submit", revoked_on="2026-11-23")
    assert b"revoked_on: 2026-11-23" in landed(student, below)
