"""A platform that listens, before a small school: students, a teacher who signs in elsewhere too, a past account."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin

import httpx
import pytest
import uvicorn

from licheng.platform.login.invitations import Invitations
from licheng.platform.server import application
from licheng.platform.settings import Oidc, Settings, check_start
from licheng.policy.accounts import oidc_identity
from tests.trees import base

KEY = bytes(range(32))
# Nobody speaks TLS here; httpx would read for each browser whom it believes.
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# Who, as what, by which subject at the issuer, until when.
PEOPLE = (
    ("t903", "staff", "wang", ""),
    ("t900", "intake", "robot", ""),
    ("s1139901", "student", "", ""),
    ("s1139902", "student", "", ""),
    ("s1139903", "student", "graduate", ", to: 2025-08-01"),
)


@dataclass
class Platform:
    """One that listens.

    Attributes:
        now: its clock, which stands still until a test moves it.
    """

    settings: Settings
    invitations: Invitations
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def passes(self, **times: float) -> None:
        self.now += timedelta(**times)

    def code(self, account: str) -> str:
        """A new code for an account, good for two weeks."""
        return self.invitations.invite([account], self.now.date() + timedelta(days=14))[account]


class Browser:
    """What a browser without scripts does: keeps cookies, follows links, sends the forms of pages with their fields."""

    def __init__(self, origin: str, address: str = "198.51.100.7") -> None:
        self.origin = origin
        # As the server for TLS before the platform says where somebody comes from.
        headers = {"x-forwarded-for": address}
        limits = httpx.Limits(max_keepalive_connections=0)  # so that there is nothing to close
        self.client = httpx.Client(base_url=origin, headers=headers, limits=limits, trust_env=False, verify=_TLS)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def post(self, page: httpx.Response, path: str, **fields: str) -> httpx.Response:
        """Send the form of a page that leads to a path."""
        form = next(part for part in page.text.split("<form ")[1:] if f'action="{path}"' in part.partition(">")[0])
        given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.partition("</form>")[0]))
        headers = {"origin": "null", "sec-fetch-site": "same-origin"}
        return self.client.post(path, data=given | fields, headers=headers)

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """The page that a redirect leads to."""
        assert answer.is_redirect, answer.text
        return self.client.get(urljoin(self.origin, answer.headers["location"]))

    def who(self) -> str | None:
        """The account that is signed in, as the pages say."""
        match = re.search(r'<p class="who">(\w+)</p>', self.get("/").text)
        return match[1] if match is not None else None


@pytest.fixture
def founded_platform(tmp_path: Path) -> Iterator[Callable[..., Platform]]:
    """Platforms that listen until the test is over; with an issuer of accounts, if one is given."""
    running: list[tuple[uvicorn.Server, Thread]] = []

    def start(oidc: Oidc | None = None) -> Platform:
        issuer = oidc.issuer if oidc is not None else "https://nobody.example"
        repository = school(tmp_path / "school", issuer)
        door, state = socket.create_server(("127.0.0.1", 0)), tmp_path / "state"
        doors.enter_context(door)
        origin = f"http://localhost:{door.getsockname()[1]}"
        settings = Settings(origin, "http://sign.localhost", str(repository / ".git"), None, state, "t900", oidc=oidc)
        check_start(settings)
        (state / "oidc.key").write_text(KEY.hex())
        platform = Platform(settings, Invitations(state / "invitations"))
        served = application(settings, lambda: platform.now)
        server = uvicorn.Server(uvicorn.Config(served, log_level="critical"))
        thread = Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()  # whoever comes earlier waits at the door
        running.append((server, thread))
        return platform

    with ExitStack() as doors:
        yield start
        for server, thread in running:
            server.should_exit = True
            thread.join()


@pytest.fixture
def platform(founded_platform: Callable[..., Platform]) -> Platform:
    """One with passkeys and codes alone."""
    return founded_platform()


def school(folder: Path, issuer: str) -> Path:
    """The repository of the test school, with our accounts."""
    lines = ["kind: accounts/v1", "accounts:"]
    for account, holder, subject, end in PEOPLE:
        identities = f'["{oidc_identity(issuer, subject, KEY)}"]' if subject else "[]"
        common = f"address: {account}@licheng.invalid, from: 2024-08-01{end}"
        lines.append(f"  - {{id: {account}, holder: {holder}, identities: {identities}, {common}}}")
    files = base().files | {"content/school/accounts.yaml": "\n".join([*lines, ""]).encode()}
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    who = {f"GIT_{role}_{what}": "demo" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "."],
        ["commit", "--quiet", "-m", "A school"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True, env=os.environ | who)
    return folder
