"""A platform, a signing page of its own host, and a teacher with a passkey in a virtual authenticator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page

import licheng.platform
from licheng.outputs.signing_page import HEADERS, SigningSite, files
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.signing.sshsig import Signature, VerifiedSignature, parse, verify

REPOSITORY = "74" * 32
NAME = {"zh": "示範高中<b>", "en": "Demo School <b>"}
AT = "2026-11-23T04:00:00Z"
ASK = (Path(licheng.platform.__file__).parent / "static/ask_signature.js").read_text("utf-8")
# What the platform's page does; the request is set before the click.
PLATFORM = """<!doctype html><html lang="en"><title>platform</title><p id="said">certified A</p>
<button id="ask">ask</button><script type="module">
import {askSignature} from "./ask_signature.js"
const settings = await (await fetch("settings.json")).json()
window.heard = []
const open = window.open
window.open = (...where) => { window.page = open.apply(window, where); return window.page }
window.addEventListener("message", event => heard.push(event.data))
document.getElementById("ask").addEventListener("click", () => {
  window.outcome = window.failures = undefined
  askSignature(settings.signing, window.request, reason => { window.failures = reason })
    .then(answer => { window.outcome = {answer} }, error => { window.outcome = {error: error.message} })
})
document.body.append("ready")
</script>"""
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".json": "application/json"}

Files = Mapping[str, str]


@contextmanager
def hosted(make: Callable[[int], Files], headers: Mapping[str, str]) -> Iterator[int]:
    """Files at a port of this machine, made once it is known."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/").partition("?")[0] or "index.html"
            body = served.get(name)
            self.send_response(200 if body is not None else 404)
            for header, value in headers.items():
                self.send_header(header, value)
            self.send_header("Content-Type", f"{TYPES.get(Path(name).suffix, 'text/plain')}; charset=utf-8")
            data = (body or "").encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served = make(server.server_port)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Sites:
    """The platform's and the page's origins, and that of the page without its server's headers."""

    platform: str
    signing: str
    bare: str

    @property
    def host(self) -> str:
        return self.signing.partition("//")[2].partition(":")[0]


@contextmanager
def both_sites() -> Iterator[Sites]:
    """A platform on localhost and the signing page on a host below it."""
    settings: dict[str, str] = {}
    platform_files = {"index.html": PLATFORM, "ask_signature.js": ASK}

    def page(platform: int) -> Callable[[int], Files]:
        def of(port: int) -> Files:
            site = SigningSite(REPOSITORY, f"http://sign.localhost:{port}", f"http://localhost:{platform}", NAME)
            return files(site)

        return of

    opener = {"Cross-Origin-Opener-Policy": "same-origin-allow-popups", "X-Content-Type-Options": "nosniff"}
    with (
        hosted(lambda _: _Settled(platform_files, settings), opener) as platform,
        hosted(page(platform), HEADERS) as port,
        hosted(page(platform), {}) as bare,
    ):
        signing = f"http://sign.localhost:{port}"
        settings["settings.json"] = f'{{"signing": "{signing}"}}'
        yield Sites(f"http://localhost:{platform}", signing, f"http://sign.localhost:{bare}")


class _Settled(dict[str, str]):
    """Files, and some that are known later."""

    def __init__(self, files: Files, later: Files) -> None:
        super().__init__(files)
        self._later = later

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, self._later.get(key, default))


@dataclass
class Teacher:
    """A teacher's browser: a window of the platform, and each page that it opens with the same authenticator.

    Attributes:
        options: of the authenticator, other than what a phone has.
        credentials: what the authenticator holds, with its private keys.
        faults: errors on the console of any page.
        requests: addresses of whatever the signing page asked for.
    """

    context: BrowserContext
    sites: Sites
    options: dict[str, Any] = field(default_factory=dict)
    credentials: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.platform = self.context.new_page()
        self.context.on("page", self._watch)
        self.platform.goto(f"{self.sites.platform}/")
        self.platform.get_by_text("ready").wait_for()

    def _watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def _heard(self, said: ConsoleMessage) -> None:
        # Chromium advises to take RS256 as well, which no SSH signature has a form for.
        if said.type in {"error", "warning"} and "pubKeyCredParams is missing" not in said.text:
            self.faults.append(said.text)

    def ask(self, request: Mapping[str, Any] | None) -> Page:
        """The signing page, opened by the platform with a request."""
        self.platform.evaluate("request => { window.request = request ?? new Promise(() => {}) }", request)
        with self.context.expect_page() as opened:
            self.platform.click("#ask")
        self.plug(opened.value)
        opened.value.locator("h1").wait_for()
        return opened.value

    def plug(self, page: Page) -> None:
        """The authenticator with all that it holds, at a page."""
        self.session = self.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            **self.options,
        }
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.authenticator = str(added["authenticatorId"])
        for credential in self.credentials:
            given = {"authenticatorId": self.authenticator, "credential": credential}
            self.session.send("WebAuthn.addCredential", given)

    def verified(self, verified: bool) -> None:
        """Whether the finger is the right one."""
        given = {"authenticatorId": self.authenticator, "isUserVerified": verified}
        self.session.send("WebAuthn.setUserVerified", given)

    def keep(self) -> None:
        """Remember what was made in the authenticator."""
        session: CDPSession = self.session
        held = session.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        self.credentials = list(held["credentials"])

    def answer(self) -> dict[str, Any]:
        """What came back to the platform."""
        until(self.platform, "window.outcome")
        outcome: dict[str, Any] = self.platform.evaluate("window.outcome")
        assert list(outcome) == ["answer"], outcome
        answer: dict[str, Any] = outcome["answer"]
        return answer

    def enrol(self, **more: Any) -> dict[str, Any]:
        """A new passkey's answer; its window closes."""
        page = self.ask(enrolment(**more))
        page.click("#act")
        page.locator("#fingerprint").wait_for()
        page.click("#act")
        answer = self.answer()
        self.keep()
        page.close()
        return answer


def until(page: Page, condition: str) -> None:
    """Wait for a condition, not for ever; the browser's own way evaluates texts, which policies forbid."""
    again = f"const again = left => {condition} ? done() : left ? setTimeout(again, 10, left - 1) : failed()"
    page.evaluate(f"new Promise((done, failed) => {{ {again}; again(1500) }})")


def enrolment(**more: Any) -> dict[str, Any]:
    return {
        "id": "r1",
        "job": "enrol",
        "repository": REPOSITORY,
        "staff": "t012",
        "valid_from": AT,
        "namespaces": ["certification@licheng.invalid", "certification-list@licheng.invalid", "change@licheng.invalid"],
        **more,
    }


def key_of(answer: Mapping[str, Any]) -> PublicKey:
    """The key of an enrolment."""
    key = parse_public_key(answer["entry"]["public_key"], passkeys=True)
    assert isinstance(key, PublicKey)
    return key


def keys_of(answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """As a request names them."""
    entry = answer["entry"]
    return [{"credential": entry["passkey"]["credential"], "public_key": entry["public_key"]}]


def accepted(signature: str, message: bytes, namespace: str, key: PublicKey) -> VerifiedSignature:
    """Verified by the strict verifier and by stock OpenSSH."""
    read = parse(signature.encode())
    assert isinstance(read, Signature), read
    verdict = verify(read, message, namespace)
    assert isinstance(verdict, VerifiedSignature), verdict
    assert verdict.key == key
    stock = verify_with_ssh_keygen(
        signature.encode(),
        message,
        allowed_signers=f't012 namespaces="{namespace}" {key.line}\n',
        principal="t012",
        namespace=namespace,
        at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    assert stock.accepted, stock.words
    return verdict
