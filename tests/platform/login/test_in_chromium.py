"""Passkeys in real Chromium with its virtual authenticator, on the platform's own pages under their strict policy."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from licheng.core.languages import LANGUAGES
from licheng.core.trust import NAMESPACES
from licheng.signing.sshsig import signed_data
from tests.browser.visit import AXE, SCHEMES
from tests.platform.login.conftest import Platform

STUDENT, OTHER = "s1139901", "s1139902"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Phone:
    """A browser with an authenticator.

    Attributes:
        troubles: what its console says of errors, and what the policy blocked.
        posted: the forms that it sent.
    """

    page: Page
    devtools: CDPSession
    authenticator: str
    troubles: list[str] = field(default_factory=list)
    posted: list[dict[str, str]] = field(default_factory=list)

    def verifies(self, verified: bool) -> None:
        """Whether the finger is the right one from now on."""
        said = {"authenticatorId": self.authenticator, "isUserVerified": verified}
        self.devtools.send("WebAuthn.setUserVerified", said)

    def passkeys(self) -> list[dict[str, Any]]:
        answer = self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        credentials: list[dict[str, Any]] = answer["credentials"]
        return credentials

    def text(self) -> str:
        return self.page.inner_text("body")

    def sign_out(self) -> None:
        self.page.goto("/")
        self.page.get_by_role("button", name="登出", exact=True).click()


@contextmanager
def phone(context: BrowserContext) -> Iterator[Phone]:
    page = context.new_page()
    page.set_default_timeout(5000)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    held = Phone(page, devtools, made["authenticatorId"])
    page.on("console", lambda said: held.troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: held.troubles.append(str(error)))

    def note(request: Any) -> None:
        if request.method == "POST":
            held.posted.append({name: values[0] for name, values in parse_qs(request.post_data or "").items()})

    page.on("request", note)
    yield held
    page.close()


@pytest.fixture
def held(platform: Platform, browser: Browser) -> Iterator[Phone]:
    context = browser.new_context(
        base_url=platform.settings.origin, locale="zh-TW", viewport={"width": 360, "height": 740}
    )
    with phone(context) as somebodys:
        yield somebodys
    context.close()
    assert somebodys.troubles == [], "nothing breaks, nothing is blocked"


def make(held: Phone, code: str) -> None:
    """From the start page to a passkey."""
    page = held.page
    page.goto("/")
    page.get_by_role("link", name="登入", exact=True).click()
    page.get_by_role("link", name="輸入登入碼").click()
    page.get_by_label("登入碼").fill(code.lower().replace("-", ""))
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="建立通行密鑰").click()
    page.wait_for_url("/")


def use(held: Phone) -> None:
    """From the start page by a passkey."""
    held.page.goto("/login")
    held.page.get_by_role("button", name="用通行密鑰登入").click()


def test_a_code_becomes_a_passkey_which_signs_in_and_never_a_signature(platform: Platform, held: Phone) -> None:
    make(held, platform.code(STUDENT))
    assert f"你以 {STUDENT} 登入" in held.text()
    [made] = held.passkeys()
    assert (made["rpId"], made["isResidentCredential"]) == ("localhost", True)
    assert base64.b64decode(made["userHandle"]).decode() == STUDENT
    held.sign_out()
    assert STUDENT not in held.text()
    use(held)
    held.page.wait_for_url("/")
    assert f"你以 {STUDENT} 登入" in held.text()
    used = json.loads(held.posted[-1]["answer"])["response"]
    client = json.loads(base64.urlsafe_b64decode(used["clientDataJSON"] + "=="))
    challenge = base64.urlsafe_b64decode(client["challenge"] + "==")
    assert challenge[:6] != b"SSHSIG"
    assert all(len(challenge) < len(signed_data(b"", namespace, "sha256")) for namespace in NAMESPACES)
    data = base64.urlsafe_b64decode(used["authenticatorData"] + "==")
    assert data[:32] == hashlib.sha256(b"localhost").digest() != hashlib.sha256(b"sign.localhost").digest()


def test_who_is_not_verified_or_has_no_passkey_reads_why(platform: Platform, held: Phone) -> None:
    use(held)
    held.page.get_by_text("這個裝置沒有可以用的通行密鑰").wait_for()
    make(held, platform.code(STUDENT))
    held.sign_out()
    held.verifies(False)
    use(held)
    held.page.get_by_text("這個裝置沒有可以用的通行密鑰").wait_for()
    held.page.goto("/")
    assert STUDENT not in held.text()


def test_a_removed_passkey_is_told_so_and_one_device_is_not_enrolled_twice(platform: Platform, held: Phone) -> None:
    make(held, platform.code(STUDENT))
    page = held.page
    page.get_by_role("link", name="登入用的通行密鑰").click()
    page.get_by_role("button", name="建立通行密鑰").click()
    page.get_by_text("這個裝置已經有這個帳號的通行密鑰").wait_for()
    page.get_by_role("button", name="刪掉").click()
    assert "每個裝置上登出了" in held.text()
    use(held)
    page.get_by_text("平臺不認得這把通行密鑰").wait_for()
    held.troubles.clear()  # Chromium notes that the page was answered with 400


def test_the_pages_are_usable_by_everybody_on_a_phone(platform: Platform, held: Phone) -> None:
    page = held.page
    make(held, platform.code(STUDENT))
    paths = [
        f"{path}?lang={language}" for path in ("/login/passkeys", "/login", "/login/code") for language in LANGUAGES
    ]
    schemes = list(SCHEMES)
    for path in paths:  # loaded in turns light and dark, and then shown in the other scheme
        page.goto(path)
        page.evaluate(AXE)
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            violations = page.evaluate("axe.run({resultTypes: ['violations']}).then(({violations}) => violations)")
            assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in violations] == [], path
        schemes.reverse()


def test_without_scripts_a_code_is_read_and_passkeys_say_what_they_need(platform: Platform, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=platform.settings.origin)
    page = context.new_page()
    page.goto("/login")
    assert "通行密鑰需要 JavaScript" in page.inner_text("body")
    assert page.get_by_role("button").count() == 0, "no button that does nothing"
    page.goto("/login/code")
    page.get_by_label("登入碼").fill(platform.code(OTHER))
    page.get_by_role("button", name="下一步").click()
    assert OTHER in page.inner_text("h1")
    context.close()
