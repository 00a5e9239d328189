"""Units keep their records in forms, and sign each save with a passkey; the school's real gate takes it or refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from licheng.core.layout import CHANGES
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.demo.media import pdf
from licheng.demo.school import INTAKE
from licheng.platform.hand_in import TicketState
from licheng.platform.parts import Parts
from licheng.platform.server import application
from licheng.platform.settings import Settings
from tests.gate.corpus.statements import enrolled
from tests.gate.items import STUDENT
from tests.gate.scene import ACTIVITIES, COUNSELLOR, DEAN, DISCIPLINE, GUIDANCE, NOW, REGISTRAR, Scene
from tests.gate.server import Server
from tests.platform.forms.posting import posted_from
from tests.platform.school import delivery, git, picture
from tests.signing.passkeys import SoftPasskey

ORIGIN = "http://localhost:8001"
SAME = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
KEEPERS = (ACTIVITIES, COUNSELLOR, DISCIPLINE, GUIDANCE)


@dataclass
class Keeper:
    """A browser without scripts, signed in as one of the staff, with a passkey in software."""

    client: TestClient
    server: Server
    state: Path
    parts: Parts
    account: str = ACTIVITIES
    html: str = ""
    url: str = ""
    status: int = 0

    def as_(self, account: str) -> Keeper:
        self.account = account
        sessions = self.parts.sessions
        self.client.cookies.set(sessions.cookie_name, sessions.start(account, NOW, "demo"))
        return self

    def get(self, path: str) -> str:
        return self._came(self.client.get(path))

    def post(self, path: str, data: dict[str, str] | dict[str, list[str]]) -> str:
        return self._came(self.client.post(path, data=data, headers=SAME))

    def _came(self, answer: Any) -> str:
        self.html, self.url, self.status = answer.text, str(answer.url).removeprefix(ORIGIN), answer.status_code
        return self.html

    @property
    def token(self) -> str:
        session = self.parts.sessions.read(self.client.cookies[self.parts.sessions.cookie_name], NOW)
        assert session is not None
        return self.parts.sessions.csrf(session)

    @property
    def code(self) -> str:
        match = re.search(r"代碼 (APP[0-9]{3})", self.html)
        return match[1] if match is not None else ""

    def begin(self, kind: str, **said: str) -> str:
        return self.post(f"/records/{kind}", {"csrf": self.token, **said})

    @property
    def fields(self) -> dict[str, list[str]]:
        [form] = re.findall(r'<form [^>]*id="record".*?</form>', self.html, re.DOTALL)
        return posted_from(form)

    def press(self, do: str = "save", file: Any = None, **changes: str | list[str]) -> str:
        """Fill in the form and press a button."""
        typed = {name: [text] if isinstance(text, str) else text for name, text in changes.items()}
        [action] = re.findall(r'action="([^"]*)" enctype="multipart/form-data" id="record"', self.html)
        data = {**self.fields, **typed, "_do": [do]}
        answer = self.client.post(action, data=data, files=file or {"_file": ("", b"")}, headers=SAME)
        return self._came(answer)

    def answer(self, key: SoftPasskey | None = None, **changes: str) -> dict[str, str]:
        """What the signing page gives back."""
        asked = json.loads(self.client.get(f"{self.url}/request").text)
        signature = (key or SoftPasskey.of(self.account)).sign(CHANGE_NAMESPACE, asked["payload"].encode())
        credential = asked["keys"][0]["credential"]
        return {
            "id": asked["id"],
            "job": asked["job"],
            "credential": credential,
            "signature": signature.decode(),
            **changes,
        }

    def sign(self, answer: dict[str, str] | None = None) -> str:
        assert self.url.startswith("/records/sign/"), self.html
        given = json.dumps(answer if answer is not None else self.answer())
        return self.post(self.url, {"csrf": self.token, "answer": given})

    @property
    def ticket(self) -> TicketState:
        """After a delivery."""
        assert self.url.startswith("/me/tickets/"), self.html
        delivery(self.server.root, self.state).deliver(NOW)
        ticket = self.parts.spool.ticket(self.account, self.url.rpartition("/")[2])
        assert ticket is not None
        self.words = ticket.words
        self.codes = ticket.codes
        return ticket.state

    def show(self, path: str) -> str:
        return git(self.server.root, "show", f"main:{path}")

    def paths(self, below: str) -> set[str]:
        return set(git(self.server.root, "ls-tree", "-r", "--name-only", "main", "--", below).splitlines())


@pytest.fixture
def keeper(server: Server, tmp_path: Path) -> Iterator[Keeper]:
    scene = Scene(server.root, server.main, server.folder)
    main = enrolled(scene, *KEEPERS)
    server.git("update-ref", "refs/heads/main", enrolled(scene, DEAN, witness=REGISTRAR, base=main))
    scene.close()
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    settings = Settings(ORIGIN, "http://sign.localhost:8002", str(server.root), None, state, INTAKE, demo=True)
    now: list[datetime] = [NOW]
    app = application(settings, lambda: now[0])
    [guard] = app.user_middleware
    parts: Parts = guard.kwargs["parts"]  # type: ignore[assignment]
    with TestClient(app, ORIGIN, raise_server_exceptions=True) as client:
        yield Keeper(client, server, state, parts).as_(ACTIVITIES)
    parts.school_view.close()


DUTY = {"organisation": "班級", "title": "衛生股長", "level": "2", "starts": "2026-09-01", "ends": "2027-01-20"}


def test_a_position_is_added_signed_and_lands(keeper: Keeper) -> None:
    assert "幹部" in keeper.get("/records")
    assert STUDENT in keeper.get(f"/records/position?student={STUDENT}")
    keeper.begin("position", student=STUDENT)
    below = keeper.url.removeprefix("/records/edit/")
    keeper.press(**DUTY)
    assert f"content/{below}" in keeper.html
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED
    assert "title: 衛生股長" in keeper.show(f"content/{below}")
    assert len(keeper.paths(CHANGES)) == 2
    assert git(keeper.server.root, "log", "-1", "--format=%an %cn", "main").split() == [ACTIVITIES, INTAKE]


def paths_in(keeper: Keeper) -> dict[str, str]:
    """Kinds that the account is offered, with the address of each."""
    return {name: f"/records/{name}" for name in re.findall(r'<a href="/records/([a-z-]+)">', keeper.get("/records"))}


FORMS: dict[str, tuple[str, dict[str, str], dict[str, str | list[str]]]] = {
    "position": (ACTIVITIES, {}, dict(DUTY)),
    "club": (ACTIVITIES, {}, {"name": "天文社", "starts": "2026-09-01", "ends": "2027-01-20"}),
    "consultation": (
        COUNSELLOR,
        {},
        {
            "on": "2026-11-20",
            "time": "12:10",
            "place": "班級教室",
            "mode": "2",
            "content": "討論選修。",
            "opinion": "先看看先備課程。",
        },
    ),
    "attendance": (
        DISCIPLINE,
        {"term": "115-1"},
        {
            "absences.0._row": "1",
            "absences.0.on": "2026-10-05",
            "absences.0.type": "sick",
            "absences.0.periods": "3",
        },
    ),
    "exploration": (
        GUIDANCE,
        {"term": "115-1"},
        {"recorded_on": "2026-11-01", "clusters": ["1", "2"], "employment_plan": "先升學。"},
    ),
    "meeting": (
        DEAN,
        {"date": "2026-11-20"},
        {
            "resolutions.0._row": "1",
            "resolutions.0.number": "1",
            "resolutions.0.subject": "schedule",
            "resolutions.0.text": "期末檢核的時程照行事曆。",
            "resolutions.0.owner": "registry",
            "resolutions.0.state": "open",
            "_body": "討論期末檢核的時程。",
        },
    ),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_record_of_each_unit_lands(keeper: Keeper, kind: str) -> None:
    account, said, typed = FORMS[kind]
    keeper.as_(account)
    assert kind in paths_in(keeper)
    begun = said if kind == "meeting" else {**said, "student": STUDENT}
    keeper.begin(kind, **begun)
    assert (keeper.status, keeper.url.startswith("/records/edit/")) == (200, True), keeper.html
    path = "content/" + keeper.url.removeprefix("/records/edit/")
    keeper.press(**typed)
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    assert f"kind: {kind}/v1" in keeper.show(path)


RESULT = {
    "contest": "115-language",
    "name": "115 學年度校內語文競賽",
    "content": "個人組參賽。",
    "result": "第三名",
    "on": "2026-10-17",
    "team": "1",
    "_body": "成績由承辦單位於賽後登錄。",
}


@pytest.mark.parametrize("size", ["small", "in the store"])
def test_a_contest_result_lands_with_its_certificate_and_goes_again(keeper: Keeper, size: str) -> None:
    keeper.as_(DEAN)
    keeper.begin("contest-result", student=STUDENT)
    path = "content/" + keeper.url.removeprefix("/records/edit/")
    keeper.press(**RESULT)
    assert keeper.status == 422
    data = pdf("certificate") if size == "small" else picture(100_000, "certificate")
    name = "certificate.pdf" if size == "small" else "certificate.png"
    keeper.press("attach", {"_file": (name, data)}, **RESULT)
    assert name in keeper.html
    keeper.press(**RESULT)
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    folder = path.removesuffix("/item.md")
    assert keeper.paths(folder) == {path, f"{folder}/{name}"}
    keeper.get(f"/records/edit/{path.removeprefix('content/')}")
    keeper.press("delete")
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED, keeper.words
    assert keeper.paths(folder) == set()
