"""A demo school with a platform and a signing page, and people with phones: for what only a browser shows."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, BrowserContext, Page

from licheng.app.server.names import ACTOR
from licheng.demo.school import INTAKE
from licheng.platform.background import signing_page_served
from licheng.platform.delivery import Delivery, DeliveryReport
from licheng.platform.remote import Remote
from licheng.platform.server import application
from licheng.platform.serving import signing_site
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from licheng.platform.spool import Spool
from licheng.signing.demo_keys import DemoKey
from tests.certified import passkey_terms
from tests.command import licheng
from tests.gate.corpus.statements import enrolled
from tests.gate.scene import Scene
from tests.signing.passkeys import SoftPasskey

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DEAN, REGISTRAR, TEACHER = "t002", "t004", "t014"


def git(folder: Path, *arguments: str, **environment: str) -> str:
    command, whole = ["git", *arguments], {**os.environ, **environment}
    done = subprocess.run(command, cwd=folder, env=whole, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class School:
    """A demo school with a platform and a signing page, each at a port of this machine."""

    def __init__(self, folder: Path, repository: Path, port: int, signing: int, seed: int = 1) -> None:
        self.folder, self.repository, self.seed = folder, repository, seed
        self.settings = Settings(
            origin=f"http://localhost:{port}",
            signing_origin=f"http://sign.localhost:{signing}",
            remote=str(self.repository),
            ssh_key=None,
            state=folder / "state",
            account=INTAKE,
            listen=f"127.0.0.1:{port}",
            demo=True,
        )
        self.settings.state.mkdir(mode=0o700)

    def deliver(self) -> DeliveryReport:
        spool = Spool(self.settings.state / "spool")
        remote = Remote(str(self.repository), INTAKE, None)
        report = Delivery(spool, remote, self.settings.state, demo=True).deliver(datetime.now(UTC))
        assert report.trouble is None, report.trouble
        return report

    def show(self, path: str) -> bytes:
        command = ["git", "-C", str(self.repository), "show", f"main:{path}"]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def witness(self, staff: str, enrolment: bytes) -> None:
        """What the coordinators do: one writes and witnesses, the other brings it."""
        work, file = self.folder / f"work-{staff}", self.folder / "enrolment.json"
        git(self.folder, "clone", "--quiet", str(self.repository), str(work))
        file.write_bytes(enrolment)
        done = licheng(work, "keys", "enrol", str(file))
        assert done.returncode == 0, done.stderr
        key = DemoKey.of(f"licheng demo {self.seed}", DEAN).write(work / ".git")
        listed = licheng(work, "keys", "list").stdout.splitlines()
        [fingerprint] = [line.split("  ")[1] for line in listed if line.endswith("KEY002")]
        done = licheng(work, "keys", "witness", staff, fingerprint, "--key", str(key), "--as", DEAN)
        assert done.returncode == 0, done.stderr
        git(work, "add", "-A")
        who = {"GIT_AUTHOR_NAME": REGISTRAR, "GIT_AUTHOR_EMAIL": f"{REGISTRAR}@licheng.invalid"}
        who |= {"GIT_COMMITTER_NAME": REGISTRAR, "GIT_COMMITTER_EMAIL": f"{REGISTRAR}@licheng.invalid"}
        git(work, "commit", "--quiet", "-m", "A passkey", **who)
        git(work, "push", "--quiet", "origin", "HEAD:main", **who, **{ACTOR: REGISTRAR})


@contextmanager
def running(school: School, door: socket.socket) -> Iterator[School]:
    app = application(school.settings, lambda: datetime.now(UTC))
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        yield school
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def opened(repository: Path, seed: int = 1) -> Iterator[School]:
    """A school at two free ports of this machine, what is its own in the folder of its server."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        with socket.create_server(("127.0.0.1", 0)) as free:
            signing = free.getsockname()[1]
        school = School(repository.parent, repository, door.getsockname()[1], signing, seed)
        with signing_page_served(signing_site(school.settings), signing), running(school, door):
            yield school


class Phone:
    """A browser with an authenticator that is plugged into each window that it opens."""

    def __init__(self, browser: Browser, school: School) -> None:
        self.school = school
        self.faults: list[str] = []
        self.credentials: list[dict[str, object]] = []
        self.context: BrowserContext = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-TW")
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    @property
    def origin(self) -> str:
        """The platform's."""
        return self.school.settings.origin

    def sign_in(self, account: str) -> None:
        sessions = Sessions(self.school.settings)
        cookie = sessions.start(account, datetime.now(UTC), "demo")
        self.context.add_cookies([{"name": sessions.cookie_name, "value": cookie, "url": self.school.settings.origin}])

    def sign(self, touches: int, press: Callable[[Page, str], None] = Page.click) -> str:
        """Open the signing page, touch as often as it asks, and come back; what it showed.

        Args:
            touches: how often it asks.
            press: how a button is pressed.
        """
        with self.context.expect_page() as opened:
            press(self.page, "#open")
        page = opened.value
        session = self.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        which = {"authenticatorId": added["authenticatorId"]}
        for credential in self.credentials:
            session.send("WebAuthn.addCredential", {**which, "credential": credential})
        page.locator("#act").wait_for()
        shown = page.locator("main").inner_text()
        for touch in range(touches):
            if touch:
                page.locator("#fingerprint").wait_for()
                shown = page.locator("#fingerprint").inner_text()
            press(page, "#act")
        self.page.wait_for_url(lambda url: not url.endswith("/new") and "/certify/" not in url and "/sign/" not in url)
        self.credentials = list(session.send("WebAuthn.getCredentials", which)["credentials"])
        page.close()
        return shown


def witnessed(phone: Phone, dean: Phone, staff: str) -> None:
    """The coordinator who meets somebody with a new passkey, and sees the same fingerprint, takes it."""
    dean.sign_in(DEAN)
    dean.page.goto(f"{dean.origin}/enrolments")
    with dean.page.expect_download() as download:
        dean.page.locator(f"a[href='/enrolments/{staff}']").click()
    phone.school.witness(staff, download.value.path().read_bytes())


def enrols(phone: Phone, dean: Phone) -> Phone:
    """A teacher makes a passkey, and the coordinator who meets the teacher and sees the same fingerprint takes it."""
    school, origin = phone.school, phone.school.settings.origin
    phone.sign_in(TEACHER)
    phone.page.goto(f"{origin}/passkey/new")
    short = phone.sign(touches=2)
    assert short in phone.page.locator("main").inner_text()
    dean.sign_in(DEAN)
    dean.page.goto(f"{origin}/enrolments")
    assert short in dean.page.locator("main").inner_text()
    with dean.page.expect_download() as download:
        dean.page.locator(f"a[href='/enrolments/{TEACHER}']").click()
    school.witness(TEACHER, download.value.path().read_bytes())
    dean.page.goto(f"{origin}/enrolments")
    assert short not in dean.page.locator("main").inner_text()
    return dean


def with_passkey(school: School, staff: str) -> dict[str, object]:
    """Put a passkey of somebody on main; what the phone holds of it. How staff enrol, `test_certify` shows."""
    scene = Scene(school.repository, git(school.repository, "rev-parse", "main").strip(), school.folder)
    head = enrolled(scene, staff, origin=school.settings.signing_origin)
    scene.close()
    git(school.repository, "update-ref", "refs/heads/main", head)
    mine = SoftPasskey.of(staff, "sign.localhost")
    key = mine.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {
        "credentialId": base64.b64encode(base64.urlsafe_b64decode(f"{passkey_terms('')['credential']}==")).decode(),
        "isResidentCredential": True,
        "rpId": mine.application,
        "privateKey": base64.b64encode(key).decode(),
        "userHandle": base64.b64encode(staff.encode()).decode(),
        "signCount": 1,
    }
