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
from starlette.testclient import TestClient

from licheng.demo.school import INTAKE
from licheng.platform.hand_in import TicketState
from licheng.platform.server import application
from licheng.platform.settings import Settings
from tests.gate.items import HOME, STUDENT
from tests.gate.server import Server
from tests.platform.forms.posting import posted_from
from tests.platform.school import NOW, delivery, git, picture

ORIGIN = "http://localhost:8001"
SAME = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
EXAMPLE_OUTPUT = "example"


@dataclass
class Visitor:
    """A browser without scripts, signed in."""

    client: TestClient
    server: Server
    state: Path
    account: str = STUDENT
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
        answer = self.client.post(
            action, data={**data, "_do": do}, files=files or {"_file": ("", b"")}, headers=SAME
        )
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
def visitor(server: Server, tmp_path: Path) -> Iterator[Visitor]:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    settings = Settings(ORIGIN, "http://sign.localhost:8002", str(server.root), None, state, INTAKE, demo=True)
    now: list[datetime] = [NOW]
    app = application(settings, lambda: now[0])
    with TestClient(app, ORIGIN, raise_server_exceptions=True) as client:
        sessions = _sessions(settings)
        client.cookies.set(sessions.cookie_name, sessions.start(STUDENT, NOW, "demo"))
        yield Visitor(client, server, state)


def _sessions(settings: Settings) -> Any:
    from licheng.platform.sessions import Sessions

    return Sessions(settings)


def test_what_can_be_written_is_shown(visitor: Visitor) -> None:
    html = visitor.get("/me/new")
    assert visitor.status == 200
    for title in ("課程學習成果", "多元表現", "115-1"):
        assert title in html


def test_an_activity_is_written_saved_handed_in_and_lands(visitor: Visitor) -> None:
    visitor.begin("activity", year="115", category="work")
    assert visitor.status == 200
    fields = visitor.fields
    assert fields["category"] == ["work"]
    print(fields)
