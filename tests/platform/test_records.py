"""Units keep their records in forms, and sign each save with a passkey; the school's real gate takes it or refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from licheng.core.layout import CHANGES
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.demo.school import INTAKE
from licheng.platform.hand_in import TicketState
from licheng.platform.parts import Parts
from licheng.platform.server import application
from licheng.platform.settings import Settings
from tests.gate.corpus.statements import enrolled
from tests.gate.items import HOME, STUDENT, position
from tests.gate.scene import ACTIVITIES, COUNSELLOR, DEAN, DISCIPLINE, GUIDANCE, IT, NOW, Scene
from tests.gate.server import Server
from tests.platform.forms.posting import posted_from
from tests.platform.school import delivery, git
from tests.signing.passkeys import SoftPasskey

ORIGIN = "http://localhost:8001"
SAME = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
KEEPERS = (ACTIVITIES, COUNSELLOR, DEAN, DISCIPLINE, GUIDANCE)


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
        answer = self.client.get(path)
        self.html, self.url, self.status = answer.text, str(answer.url).removeprefix(ORIGIN), answer.status_code
        return self.html

    def post(self, path: str, data: dict[str, str] | dict[str, list[str]]) -> str:
        answer = self.client.post(path, data=data, headers=SAME)
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

    def press(self, do: str = "save", **changes: str | list[str]) -> str:
        """Fill in the form and press a button."""
        typed = {name: [text] if isinstance(text, str) else text for name, text in changes.items()}
        [action] = re.findall(r'action="([^"]*)" id="record"', self.html)
        return self.post(action, {**self.fields, **typed, "_do": [do]})

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
    server.git("update-ref", "refs/heads/main", enrolled(scene, *KEEPERS))
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
