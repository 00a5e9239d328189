"""Signing in to a platform that listens, by a browser without scripts and an authenticator in software."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from licheng.core.errors import UsageError
from licheng.platform.login.limits import ADDRESS, OWN
from licheng.platform.settings import Oidc
from tests.platform.login.authenticator import UP, Authenticator
from tests.platform.login.conftest import Browser, Platform
from tests.platform.login.providers import CLIENT, SECRET, BentProvider, bent_provider

STUDENT, OTHER, TEACHER, PAST, INTAKE = "s1139901", "s1139902", "t903", "s1139903", "t900"


def options(page: httpx.Response) -> dict[str, Any]:
    """What a page asks a browser's passkey interface for."""
    match = re.search(r'data-options="([^"]*)"', page.text)
    assert match is not None, page.text
    asked: dict[str, Any] = json.loads(html.unescape(match[1]))
    return asked


def enrolled(platform: Platform, browser: Browser, account: str = STUDENT) -> Authenticator:
    """A new passkey of somebody who brings a code; the browser is signed in then."""
    device = Authenticator(origin=platform.settings.origin)
    made = make(browser, platform.code(account), device)
    assert browser.follow(made).status_code == 200
    return device


def make(browser: Browser, code: str, device: Authenticator) -> httpx.Response:
    page = browser.post(browser.get("/login/code"), "/login/code", code=code)
    return browser.post(page, "/login/passkey/new", answer=json.dumps(device.create(options(page))))


def use(browser: Browser, device: Authenticator) -> httpx.Response:
    page = browser.get("/login")
    return browser.post(page, "/login/passkey", answer=json.dumps(device.get(options(page))))


def told(answer: httpx.Response) -> str:
    """The code of a page of refusal."""
    assert answer.status_code in {400, 429, 500}, answer.text
    match = re.search(r"APP\d{3}", answer.text)
    assert match is not None
    return match[0]


def test_a_code_becomes_a_passkey_which_signs_in(platform: Platform) -> None:
    browser = Browser(platform.settings.origin)
    code = platform.code(STUDENT)
    device = Authenticator(origin=platform.settings.origin)
    made = make(browser, code.lower().replace("-", " "), device)
    assert "通行密鑰建立好了" in browser.follow(made).text
    assert browser.who() == STUDENT
    browser.post(browser.get("/"), "/logout/everywhere")
    assert browser.who() is None
    assert use(browser, device).headers["location"] == "/"
    assert browser.who() == STUDENT
    again = Browser(platform.settings.origin)
    assert "已經用過了" in again.post(again.get("/login/code"), "/login/code", code=code).text


def test_of_two_who_use_one_code_at_once_one_has_a_passkey(platform: Platform) -> None:
    code, browsers = platform.code(STUDENT), [Browser(platform.settings.origin) for _ in range(4)]
    pages = [browser.post(browser.get("/login/code"), "/login/code", code=code) for browser in browsers]
    devices = [Authenticator(origin=platform.settings.origin) for _ in browsers]
    answers = [json.dumps(device.create(options(page))) for device, page in zip(devices, pages, strict=True)]
    with ThreadPoolExecutor(4) as pool:
        made = [*pool.map(lambda browser, page, answer: browser.post(page, "/login/passkey/new", answer=answer),
                          browsers, pages, answers)]  # fmt: skip
    assert sorted(answer.status_code for answer in made) == [303, 400, 400, 400]
    assert sum(use(browser, device).is_redirect for browser, device in zip(browsers, devices, strict=True)) == 1


@pytest.mark.hostile("replay")
def test_an_answer_is_good_once_and_not_for_long(platform: Platform) -> None:
    browser = Browser(platform.settings.origin)
    device = enrolled(platform, browser)
    page = browser.get("/login")
    answer = json.dumps(device.get(options(page)))
    other = Browser(platform.settings.origin)
    sealed = re.search(r'name="sealed" value="([^"]*)"', page.text)
    assert sealed is not None
    stolen = other.post(other.get("/login"), "/login/passkey", answer=answer, sealed=sealed[1])
    assert stolen.is_redirect, "before it is used it is worth what it says"
    assert told(other.post(other.get("/login"), "/login/passkey", answer=answer, sealed=sealed[1])) == "APP312"
    fresh = browser.get("/login")
    assert told(browser.post(fresh, "/login/passkey", answer=answer)) == "APP312", "it answers another challenge"
    answer = json.dumps(device.get(options(fresh)))
    platform.passes(minutes=10)
    assert told(browser.post(fresh, "/login/passkey", answer=answer)) == "APP312"


def test_a_page_that_waited_too_long_makes_no_passkey_and_leaves_the_code(platform: Platform) -> None:
    browser, code = Browser(platform.settings.origin), platform.code(STUDENT)
    device = Authenticator(origin=platform.settings.origin)
    page = browser.post(browser.get("/login/code"), "/login/code", code=code)
    platform.passes(minutes=10)
    late = browser.post(page, "/login/passkey/new", answer=json.dumps(device.create(options(page))))
    assert told(late) == "APP312"
    assert make(browser, code, device).is_redirect


def test_an_unverified_person_makes_none_and_leaves_the_code(platform: Platform) -> None:
    browser, code = Browser(platform.settings.origin), platform.code(STUDENT)
    assert told(make(browser, code, Authenticator(origin=platform.settings.origin, flags=UP))) == "APP312"
    assert make(browser, code, Authenticator(origin=platform.settings.origin)).is_redirect


@pytest.mark.hostile("replay")
def test_a_seal_is_good_for_its_purpose_alone(platform: Platform) -> None:
    browser = Browser(platform.settings.origin)
    device = enrolled(platform, browser)
    page = browser.get("/login/passkeys")  # signed in: the seal of another passkey needs no code
    answer = json.dumps(Authenticator(origin=platform.settings.origin).create(options(page)))
    sealed = re.findall(r'name="sealed" value="([^"]*)"', page.text)[0]
    other = Browser(platform.settings.origin)
    form = other.post(other.get("/login/code"), "/login/code", code=platform.code(OTHER))
    assert told(other.post(form, "/login/passkey/new", answer=answer, sealed=sealed)) == "APP312"
    assert told(other.post(other.get("/login"), "/login/passkey", answer=answer, sealed=sealed)) == "APP312"
    assert told(other.post(other.get("/login"), "/login/passkey", answer="{}", sealed="")) == "APP312"
    assert use(other, device).is_redirect


def test_who_has_no_open_account_stays_outside(platform: Platform) -> None:
    browser = Browser(platform.settings.origin)
    for account in (PAST, INTAKE, "s1139999"):
        refused = browser.post(browser.get("/login/code"), "/login/code", code=platform.code(account))
        assert told(refused) == "APP316"
    device = enrolled(platform, browser)
    accounts = Path(platform.settings.remote).with_name("content") / "school/accounts.yaml"
    assert use(browser, device).is_redirect
    end_account(accounts, STUDENT)
    assert told(use(Browser(platform.settings.origin), device)) == "APP316", "as main says today"


def end_account(accounts: Path, who: str) -> None:
    """Commit the end of an account."""
    import subprocess

    text = accounts.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if f"id: {who}" in line)
    accounts.write_text(text.replace(line, line[:-1] + ", to: 2025-01-01}"), encoding="utf-8")
    command = ["git", "-C", str(accounts.parent), "-c", "user.name=d", "-c", "user.email=d", "commit", "-qam", "End"]
    subprocess.run(command, check=True)


def test_a_second_passkey_is_added_right_after_signing_in_and_a_lost_one_removed(platform: Platform) -> None:
    browser = Browser(platform.settings.origin)
    first = enrolled(platform, browser)
    page = browser.get("/login/passkeys")
    second = Authenticator(origin=platform.settings.origin)
    added = browser.post(page, "/login/passkeys/new", answer=json.dumps(second.create(options(page))))
    assert "通行密鑰建立好了" in browser.follow(added).text
    twice = browser.post(page, "/login/passkeys/new", answer=json.dumps(second.create(options(page))))
    assert told(twice) == "APP312"
    platform.passes(minutes=10)
    late = browser.get("/login/passkeys")
    assert "data-options" not in late.text
    assert "先登出" in late.text
    lost = Browser(platform.settings.origin)
    assert use(lost, first).is_redirect
    name = re.findall(r'name="passkey" value="(\w+)"', late.text)[0]
    browser.post(late, "/login/passkeys/remove", passkey=name)
    assert (browser.who(), lost.who()) == (None, None), "and everybody is signed out"
    uses = [use(Browser(platform.settings.origin), device) for device in (first, second)]
    assert sorted(answer.is_redirect for answer in uses) == [False, True]


@pytest.mark.hostile("session")
def test_a_passkey_is_added_to_the_own_account_alone_and_not_long_after_signing_in(platform: Platform) -> None:
    browser, other = Browser(platform.settings.origin), Browser(platform.settings.origin)
    enrolled(platform, browser)
    enrolled(platform, other, OTHER)
    theirs = other.get("/login/passkeys")
    device = Authenticator(origin=platform.settings.origin)
    answer = json.dumps(device.create(options(theirs)))
    sealed = re.findall(r'name="sealed" value="([^"]*)"', theirs.text)[0]
    mine = browser.get("/login/passkeys")
    assert told(browser.post(mine, "/login/passkeys/new", answer=answer, sealed=sealed)) == "APP312"
    platform.passes(minutes=9)
    late = browser.get("/login/passkeys")
    answer = json.dumps(device.create(options(late)))
    platform.passes(minutes=3)
    assert told(browser.post(late, "/login/passkeys/new", answer=answer)) == "APP312"


def test_signing_out_here_and_everywhere(platform: Platform) -> None:
    here, there = Browser(platform.settings.origin), Browser(platform.settings.origin)
    device = enrolled(platform, here)
    use(there, device)
    token = re.search(r'name="csrf" value="(\w+)"', here.get("/").text)
    assert token is not None
    headers = {"sec-fetch-site": "same-origin", "x-csrf-token": token[1]}
    assert here.client.post("/logout", headers=headers).is_redirect
    assert (here.who(), there.who()) == (None, STUDENT)
    use(here, device)
    token = re.search(r'name="csrf" value="(\w+)"', here.get("/").text)
    assert token is not None
    here.client.post("/logout/everywhere", headers=headers | {"x-csrf-token": token[1]})
    assert (here.who(), there.who()) == (None, None)
    assert here.client.post("/logout", headers=headers).status_code == 403, "not without the page's token"


def test_whoever_guesses_codes_is_told_to_wait_and_who_was_here_before_is_not(platform: Platform) -> None:
    known, guesser = Browser(platform.settings.origin), Browser(platform.settings.origin)
    device = enrolled(platform, known)
    page = guesser.get("/login/code")
    for _ in range(ADDRESS.burst):
        assert told(guesser.post(page, "/login/code", code="0000-0000-0000-0000")) == "APP310"
    blocked = guesser.post(page, "/login/code", code=platform.code(OTHER))
    assert (told(blocked), blocked.status_code, blocked.headers["retry-after"]) == ("APP313", 429, "60")
    assert use(known, device).is_redirect, "of the same address"
    assert Browser(platform.settings.origin, "203.0.113.9").post(page, "/login/code").status_code == 403
    elsewhere = Browser(platform.settings.origin, "203.0.113.9")
    assert elsewhere.post(elsewhere.get("/login/code"), "/login/code", code=platform.code(OTHER)).status_code == 200
    platform.passes(minutes=1)
    assert guesser.post(page, "/login/code", code=platform.code(OTHER)).status_code == 200


@pytest.mark.hostile("session")
def test_nobody_locks_out_somebody_whose_id_they_know(platform: Platform) -> None:
    victim, home = Browser(platform.settings.origin, "192.0.2.1"), "192.0.2.1"
    device = enrolled(platform, victim)
    false = Authenticator(origin=platform.settings.origin, handle=STUDENT.encode())
    for number in range(OWN.burst + 5):
        use(Browser(platform.settings.origin, f"203.0.113.{number}"), false)
    stranger = Browser(platform.settings.origin, "203.0.113.99")
    assert told(use(stranger, device)) == "APP313", "strangers to the account wait"
    assert use(victim, device).is_redirect, "not who has been here on this device"
    assert use(Browser(platform.settings.origin, home), device).is_redirect, "nor at this address"


@pytest.mark.hostile("header")
def test_the_callers_address_is_believed_of_the_server_before_us_alone(platform: Platform) -> None:
    """uvicorn takes `X-Forwarded-For` of this machine; without it everybody would be one address."""
    assert platform.settings.address[0] == "127.0.0.1"


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("path", ["/login", "/login/code"])
def test_pages_are_in_both_languages_and_run_nothing_inline(platform: Platform, path: str, language: str) -> None:
    page = Browser(platform.settings.origin).get(f"{path}?lang={language}")
    assert f'<html lang="{language}">' in page.text
    assert not re.search(r"<script(?! type=\"module\" src=\"/static/)|<style|\sstyle=|\son\w+=|javascript:", page.text)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.hostile("header")
def test_no_answer_of_ours_leads_elsewhere(platform: Platform) -> None:
    browser = Browser(platform.settings.origin)
    device = enrolled(platform, browser)
    page = browser.get("/login?next=https://evil.example&to=//evil.example")
    answer = json.dumps(device.get(options(page)))
    done = browser.post(page, "/login/passkey", answer=answer, next="https://evil.example", to="//evil.example")
    assert done.headers["location"] == "/"


class Elsewhere:
    """A platform and a bent provider of accounts, and a way to sign in there."""

    def __init__(self, platform: Platform, provider: BentProvider) -> None:
        self.platform = platform
        self.provider = provider

    def browser(self) -> Browser:
        return Browser(self.platform.settings.origin)

    def come_back(self, browser: Browser, subject: str = "wang", **changes: str | None) -> httpx.Response:
        """Go to the provider, sign in there as somebody, and come back."""
        self.provider.now = self.platform.now
        self.provider.claims = {"sub": subject}
        there = browser.get("/login/oidc").headers["location"]
        self.provider.callback = f"{self.platform.settings.origin}/login/oidc/callback"
        return browser.client.get("/login/oidc/callback", params=self.provider.come_back(there, **changes))


@pytest.fixture
def elsewhere(founded_platform: Callable[..., Platform], tmp_path: Path) -> Any:
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "secret").chmod(0o600)
    with bent_provider() as provider:
        yield Elsewhere(founded_platform(Oidc(provider.issuer, CLIENT, tmp_path / "secret")), provider)


def test_the_schools_account_signs_in_who_is_known_by_it(elsewhere: Elsewhere) -> None:
    browser = elsewhere.browser()
    assert 'href="/login/oidc"' in browser.get("/login").text
    assert elsewhere.come_back(browser).headers["location"] == "/"
    assert browser.who() == TEACHER


@pytest.mark.parametrize("subject", ["lin", "robot", "graduate", "Wang", "wang "])
def test_whoever_is_not_known_by_it_stays_outside(elsewhere: Elsewhere, subject: str) -> None:
    browser = elsewhere.browser()
    assert told(elsewhere.come_back(browser, subject)) == "APP316"
    assert browser.who() is None


def test_an_e_mail_address_is_no_identity(elsewhere: Elsewhere) -> None:
    elsewhere.provider.metadata = {"claims_supported": ["email"]}
    browser = elsewhere.browser()
    elsewhere.provider.claims = {"email": "wang"}
    assert told(elsewhere.come_back(browser, "somebody")) == "APP316"


@pytest.mark.hostile("single sign-on")
def test_an_answer_of_the_provider_is_for_the_browser_that_asked_and_once(elsewhere: Elsewhere) -> None:
    browser, other = elsewhere.browser(), elsewhere.browser()
    elsewhere.provider.now = elsewhere.platform.now
    there = browser.get("/login/oidc").headers["location"]
    elsewhere.provider.callback = f"{elsewhere.platform.settings.origin}/login/oidc/callback"
    answer = elsewhere.provider.come_back(there)
    assert told(other.client.get("/login/oidc/callback", params=answer)) == "APP315", "of no errand"
    other.get("/login/oidc")
    assert told(other.client.get("/login/oidc/callback", params=answer)) == "APP315", "of another errand"
    assert browser.client.get("/login/oidc/callback", params=answer).is_redirect
    assert told(browser.client.get("/login/oidc/callback", params=answer)) == "APP315", "twice"
    assert "licheng-errand" not in browser.client.cookies
    assert other.who() is None


def test_an_errand_ends_after_a_while(elsewhere: Elsewhere) -> None:
    browser = elsewhere.browser()
    elsewhere.provider.now = elsewhere.platform.now
    there = browser.get("/login/oidc").headers["location"]
    elsewhere.provider.callback = f"{elsewhere.platform.settings.origin}/login/oidc/callback"
    answer = elsewhere.provider.come_back(there)
    elsewhere.platform.passes(minutes=10)
    assert told(browser.client.get("/login/oidc/callback", params=answer)) == "APP315"


def test_who_signs_out_is_told_that_the_provider_still_knows_them(elsewhere: Elsewhere) -> None:
    elsewhere.provider.metadata = {"end_session_endpoint": f"{elsewhere.provider.issuer}/out"}
    browser = elsewhere.browser()
    elsewhere.come_back(browser)
    token = re.search(r'name="csrf" value="(\w+)"', browser.get("/").text)
    assert token is not None
    headers = {"sec-fetch-site": "same-origin", "x-csrf-token": token[1]}
    out = browser.follow(browser.client.post("/logout", headers=headers))
    assert f'href="{elsewhere.provider.issuer}/out"' in out.text
    assert browser.who() is None


def test_a_provider_that_is_down_is_told(elsewhere: Elsewhere) -> None:
    elsewhere.provider.status = 500
    assert told(elsewhere.browser().get("/login/oidc")) == "APP314"


@pytest.mark.parametrize("claim", ["email", "preferred_username", "name"])
def test_what_changes_hands_cannot_be_set_as_who_somebody_is(
    founded_platform: Callable[..., Platform], tmp_path: Path, claim: str
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(UsageError) as caught:
        founded_platform(Oidc("https://accounts.school.example", CLIENT, tmp_path / "secret", claim))
    assert (caught.value.code, caught.value.values["key"]) == ("APP301", "oidc.claim")
