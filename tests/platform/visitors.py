"""A platform before a real gate, and what a browser does there that a bare client does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import Response

from licheng.platform.server import application
from licheng.platform.serving import demo_server
from licheng.platform.settings import Settings, check_start
from tests.platform.client import Client
from tests.platform.main_branch import git
from tests.shared import once
from tests.trees import ROOT

_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')
# As Chromium sends them with a form of a page that says `no-referrer`.
OURS = {"origin": "null", "sec-fetch-site": "same-origin"}


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 4, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **times: float) -> None:
        self.now += timedelta(**times)


@dataclass
class Visitor:
    """Somebody at a browser, who says where a form comes from and sends the token in it."""

    client: Client

    @classmethod
    def of(cls, settings: Settings, clock: Callable[[], datetime]) -> Visitor:
        """Somebody at a platform of these settings."""
        served = application(settings, clock)
        return cls(Client(served, settings.origin, raises=False))

    def get(self, path: str, **headers: str) -> Response:
        answer: Response = self.client.get(path, headers=headers)
        return answer

    def token(self, page: str = "/login/demo") -> str:
        """The token of a page's form."""
        match = _TOKEN.search(self.get(page).text)
        assert match is not None, page
        return match[1]

    def post(self, path: str, data: dict[str, str], headers: dict[str, str] | None = None) -> Response:
        answer: Response = self.client.post(path, data=data, headers=OURS if headers is None else headers)
        return answer

    def sign_in(self, account: str) -> Response:
        answer = self.post("/login/demo", {"account": account, "csrf": self.token()})
        assert answer.status_code == 303, answer.text
        return answer

    @property
    def account(self) -> str | None:
        """Who the start page says has signed in."""
        match = re.search(r'<p class="who">(.*?)</p>', self.get("/").text)
        return match[1] if match is not None else None


@pytest.fixture(scope="session")
def demo_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own school behind a real gate; no test pushes there."""
    return once(tmp_path_factory, "licheng-demo.git", _packed)


def _packed(target: Path) -> None:
    git(demo_server(ROOT, target), "repack", "-adq")  # a file to be copied in place of thousands


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path, demo_repository: Path) -> Settings:
    return demo(demo_repository, tmp_path / "state")


def demo(repository: Path, state: Path) -> Settings:
    """Of a demo that may start."""
    made = Settings(
        origin="http://localhost:8001",
        signing_origin="http://sign.localhost:8002",
        remote=str(repository),
        ssh_key=None,
        state=state,
        account="t900",
        demo=True,
    )
    check_start(made)
    return made


@pytest.fixture
def visitor(settings: Settings, clock: Clock) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor.of(settings, clock)
