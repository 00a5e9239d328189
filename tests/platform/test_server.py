"""What stands before every page: headers, host, forms that are not ours, sessions at a browser, errors."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from licheng.core.errors import UsageError
from licheng.platform import guard, server
from licheng.platform.guard import MOST_FILES, MOST_TEXT
from licheng.platform.parts import Parts, Room
from licheng.platform.server import application
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Oidc, Settings
from tests.platform.main_branch import committed, copied
from tests.platform.visitors import OURS, Clock, Visitor
from tests.trees import ROOT

STUDENT, TEACHER = "s1130001", "t012"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SECURED = "https://platform.school.example"


def routes(settings: Settings, clock: Clock) -> Iterator[tuple[str, str]]:
    """Each method and path that the platform has."""
    for route in server.application(settings, clock).routes:
        if isinstance(route, Route):
            for method in sorted(route.methods or ()):
                yield method, route.path
        else:
            assert isinstance(route, Mount)
            yield "GET", f"{route.path}/platform.css"


@pytest.fixture
def secured(settings: Settings, clock: Clock) -> Visitor:
    """Somebody at a platform with TLS."""
    return Visitor.of(replace(settings, origin=SECURED), clock)


@pytest.fixture
def trying(monkeypatch: pytest.MonkeyPatch, settings: Settings, clock: Clock) -> Visitor:
    """Somebody at a platform with pages that go wrong, and one that takes whatever is sent."""

    def breaks(_request: Request) -> Response:
        raise RuntimeError("secret of s1130001")

    def refuses(_request: Request) -> Response:
        raise UsageError("APP005", text="<script>2026-13-01")

    async def takes(request: Request) -> Response:
        form = {name: value if isinstance(value, str) else value.size for name, value in request.state.form.items()}
        return JSONResponse({"form": form, "body": len(await request.body()) if not form else 0})

    def trial(_parts: Parts) -> list[BaseRoute]:
        return [Route("/breaks", breaks), Route("/refuses", refuses), Route("/takes", takes, methods=["POST", "PUT"])]

    monkeypatch.setattr(server, "ROOMS", (*server.ROOMS, Room(trial, lambda _parts, _session: [])))
    return Visitor.of(settings, clock)


def is_guarded(answer: httpx.Response) -> bool:
    """Whether an answer has the headers that every answer has."""
    return (
        answer.headers["content-security-policy"] == POLICY
        and answer.headers["x-content-type-options"] == "nosniff"
        and answer.headers["referrer-policy"] == "no-referrer"
        and answer.headers["cross-origin-opener-policy"] == "same-origin"
        and answer.headers["cross-origin-resource-policy"] == "same-origin"
        and "server" not in answer.headers
    )


def test_every_answer_has_the_headers(visitor: Visitor, settings: Settings, clock: Clock) -> None:
    for method, path in routes(settings, clock):
        for headers in (OURS, {"host": "elsewhere.example"}):
            answer = visitor.client.request(method, path, headers=headers)
            assert is_guarded(answer), (method, path, headers)
            kept = "no-cache" if path.startswith("/static/") and headers is OURS else "no-store"
            assert answer.headers["cache-control"] == kept, path
            assert "strict-transport-security" not in answer.headers


def test_so_have_pages_that_are_none(trying: Visitor) -> None:
    for path in ("/nothing", "/static/nothing", "/static/%2e%2e/sessions.py", "/breaks"):
        answer = trying.get(path)
        assert answer.status_code in {404, 500}, path
        assert is_guarded(answer), path
        assert answer.headers["cache-control"] == "no-store", path


def test_with_tls_browsers_are_told_to_keep_to_it(secured: Visitor) -> None:
    assert secured.get("/").headers["strict-transport-security"] == "max-age=31536000"


def test_a_form_may_lead_to_the_single_sign_on(settings: Settings, clock: Clock) -> None:
    secret = settings.state / "secret"
    secret.write_text("x")
    (settings.state / "oidc.key").write_text(bytes(range(32)).hex())
    oidc = Oidc("https://id.school.example/realms/school", "licheng", secret)
    policy = Visitor.of(replace(settings, oidc=oidc), clock).get("/").headers["content-security-policy"]
    assert "form-action 'self' https://id.school.example;" in policy


@pytest.mark.hostile("header")
@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost", "localhost:80", "127.0.0.1:8002", "[", "", "localhost:8001."]
)
def test_no_other_host_is_answered(visitor: Visitor, host: str) -> None:
    answer = visitor.get("/", host=host)
    assert (answer.status_code, "APP308" in answer.text) == (421, True)
    assert f"//{host}" not in answer.text or not host


@pytest.mark.hostile("header")
def test_two_hosts_are_none(visitor: Visitor) -> None:
    answer = visitor.client.get("/", headers=[("host", "localhost:8001"), ("host", "localhost:8001")])
    assert answer.status_code == 421


def test_at_the_address_of_a_demo_its_name_is_told(visitor: Visitor, settings: Settings, clock: Clock) -> None:
    answer = visitor.get("/login/demo", host="127.0.0.1:8001")
    assert (answer.status_code, answer.headers["location"]) == (307, "http://localhost:8001/")
    assert visitor.post("/logout/everywhere", {}, {"host": "127.0.0.1:8001"}).status_code == 421
    real = Visitor.of(replace(settings, demo=False), clock)
    assert real.get("/", host="127.0.0.1:8001").status_code == 421


def test_without_a_demo_nobody_can_be_anybody(settings: Settings, clock: Clock) -> None:
    real = Visitor.of(replace(settings, demo=False), clock)
    assert real.get("/login/demo").status_code == 404
    assert "/login/demo" not in real.get("/").text


FOREIGN = {
    "another site": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "another host of the school": {"origin": "http://sign.localhost:8002", "sec-fetch-site": "same-site"},
    "another port": {"origin": "http://localhost:8002"},
    "another scheme": {"origin": "https://localhost:8001"},
    "a frame without origin": {"origin": "null"},
    "a frame without origin of another site": {"origin": "null", "sec-fetch-site": "cross-site"},
    "an origin that lies": {"origin": "http://localhost:8001", "sec-fetch-site": "cross-site"},
    "a site that lies": {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    "typed": {"sec-fetch-site": "none"},
    "unsaid": {},
}


@pytest.mark.hostile("forged form")
@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_a_form_from_elsewhere_does_nothing_even_with_its_token(visitor: Visitor, headers: dict[str, str]) -> None:
    visitor.sign_in(STUDENT)
    answer = visitor.post("/logout/everywhere", {"csrf": visitor.token("/")}, headers)
    assert (answer.status_code, "APP306" in answer.text) == (403, True)
    assert visitor.account == STUDENT


@pytest.mark.hostile("forged form")
def test_two_origins_are_none(visitor: Visitor) -> None:
    visitor.sign_in(STUDENT)
    headers = [("origin", "http://localhost:8001"), ("origin", "http://localhost:8001")]
    answer = visitor.client.post("/logout/everywhere", data={"csrf": visitor.token("/")}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [OURS, {"origin": "http://localhost:8001"}, {"sec-fetch-site": "same-origin"}])
def test_a_form_of_ours_is_taken(visitor: Visitor, headers: dict[str, str]) -> None:
    visitor.sign_in(STUDENT)
    assert visitor.post("/logout/everywhere", {"csrf": visitor.token("/")}, headers).status_code == 303
    assert visitor.account is None


def test_without_the_token_of_the_session_nothing_is_done(visitor: Visitor, settings: Settings, clock: Clock) -> None:
    before = visitor.token()
    visitor.sign_in(STUDENT)
    neighbour = Visitor.of(settings, clock)
    neighbour.sign_in("s1130002")
    token = visitor.token("/")
    for given in ("", "0" * 96, before, neighbour.token("/"), token[:-1], token.upper()):
        assert visitor.post("/logout/everywhere", {"csrf": given}).status_code == 403, given
    assert visitor.post("/logout/everywhere", {}).status_code == 403
    twice = f"csrf={token}&csrf={token}"
    form = OURS | {"content-type": "application/x-www-form-urlencoded"}
    assert visitor.client.post("/logout/everywhere", content=twice, headers=form).status_code == 403
    query = visitor.client.post(f"/logout/everywhere?csrf={token}", headers=OURS)
    assert query.status_code == 403
    assert visitor.account == STUDENT


def test_each_form_is_asked_for_its_token(visitor: Visitor) -> None:
    visitor.sign_in(STUDENT)
    bodies = {
        "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
        "multipart/form-data": b"a=b",
        "application/json": b"{}",
        "text/plain": b"csrf=" + visitor.token("/").encode(),
        "": b"",
    }
    for kind, body in bodies.items():
        answer = visitor.client.post("/logout/everywhere", content=body, headers=OURS | {"content-type": kind})
        assert answer.status_code in {400, 403}, kind
    assert visitor.account == STUDENT


@pytest.mark.hostile("forged form")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_any_other_method_is_held_to_the_same(visitor: Visitor, method: str) -> None:
    assert visitor.client.request(method, "/", headers=OURS).status_code == 403


def test_a_script_sends_the_token_as_a_header(trying: Visitor) -> None:
    trying.sign_in(STUDENT)
    token = trying.token("/")
    sent = trying.client.post("/takes", json={"a": 1}, headers=OURS | {"x-csrf-token": token})
    assert sent.json() == {"form": {}, "body": 7}
    assert trying.client.post("/takes", json={"a": 1}, headers=OURS).status_code == 403
    foreign = {"origin": "https://evil.example", "x-csrf-token": token}
    assert trying.client.post("/takes", json={"a": 1}, headers=foreign).status_code == 403


def test_a_method_that_a_page_has_not(visitor: Visitor) -> None:
    visitor.sign_in(STUDENT)
    answers = {
        "/": visitor.post("/", {"csrf": visitor.token("/")}),
        "/logout/everywhere": visitor.get("/logout/everywhere"),
        "OPTIONS": visitor.client.options("/"),
    }
    for path, answer in answers.items():
        assert (answer.status_code, "APP305" in answer.text, is_guarded(answer)) == (405, True, True), path
    assert answers["/logout/everywhere"].headers["allow"] == "POST"
    assert visitor.account == STUDENT


def test_signing_in_gives_another_session_than_the_browser_brought(
    visitor: Visitor, settings: Settings, clock: Clock
) -> None:
    attacker = Visitor.of(settings, clock)
    attacker.sign_in("s1130002")
    fixed = attacker.client.cookies["licheng"]
    visitor.client.cookies.set("licheng", fixed, domain="localhost.local", path="/")
    assert visitor.account == "s1130002"
    visitor.post("/login/demo", {"account": STUDENT, "csrf": visitor.token()})
    assert visitor.client.cookies["licheng"] != fixed
    assert (visitor.account, attacker.account) == (STUDENT, "s1130002")


def test_a_new_session_is_not_overwritten_by_the_one_before(visitor: Visitor, clock: Clock) -> None:
    visitor.sign_in(STUDENT)
    token = visitor.token()
    clock.passes(minutes=2)
    visitor.post("/login/demo", {"account": TEACHER, "csrf": token})
    assert visitor.account == TEACHER


def test_a_cookie_that_was_copied_ends_with_signing_out(visitor: Visitor, settings: Settings, clock: Clock) -> None:
    visitor.sign_in(STUDENT)
    copied = visitor.client.cookies["licheng"]
    thief = Visitor.of(settings, clock)
    thief.client.cookies.set("licheng", copied)
    assert thief.account == STUDENT
    visitor.post("/logout/everywhere", {"csrf": visitor.token("/")})
    assert "licheng" not in visitor.client.cookies
    assert thief.account is None


def test_a_changed_or_old_cookie_is_none(visitor: Visitor, clock: Clock) -> None:
    visitor.sign_in(STUDENT)
    cookie = visitor.client.cookies["licheng"]
    visitor.client.cookies.set(
        "licheng", cookie[:5] + ("A" if cookie[5] != "A" else "B") + cookie[6:], domain="localhost.local"
    )
    assert visitor.account is None
    visitor.client.cookies.set("licheng", cookie, domain="localhost.local")
    assert visitor.account == STUDENT
    clock.passes(minutes=31)
    assert visitor.account is None


def test_who_works_stays_and_who_is_signed_out_is_told_why(visitor: Visitor, clock: Clock) -> None:
    visitor.sign_in(STUDENT)
    for _ in range(4):
        clock.passes(minutes=20)
        assert visitor.account == STUDENT
    token = visitor.token("/")
    clock.passes(minutes=31)
    assert visitor.post("/logout/everywhere", {"csrf": token}).status_code == 403
    refused = visitor.post("/logout/everywhere", {"csrf": visitor.token()})
    assert (refused.status_code, refused.headers["location"]) == (303, "/")
    assert "請先登入" in visitor.get("/").text
    assert "請先登入" not in visitor.get("/").text


def test_cookies_are_out_of_reach(visitor: Visitor, secured: Visitor) -> None:
    set_by = visitor.sign_in(STUDENT).headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in set_by] == ["licheng", "licheng-visitor"]
    assert set_by[0].endswith("; HttpOnly; Path=/; SameSite=lax")
    headers = OURS | {"origin": SECURED}
    token = secured.token()
    answer = secured.post("/login/demo", {"account": STUDENT, "csrf": token}, headers)
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-licheng"), cookie
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie
    assert secured.account == STUDENT


def test_a_visitor_gets_no_cookie_before_a_form(visitor: Visitor) -> None:
    assert "set-cookie" not in visitor.get("/").headers
    first = visitor.token()
    cookie = visitor.client.cookies["licheng-visitor"]
    assert visitor.token() != first
    assert visitor.client.cookies["licheng-visitor"] == cookie


def test_nobody_is_whom_the_row_does_not_show(visitor: Visitor) -> None:
    for account in ("t900", "s9999999", "", "../x"):
        answer = visitor.post("/login/demo", {"account": account, "csrf": visitor.token()})
        assert (answer.status_code, visitor.account) == (400, None), account


def test_the_row_has_everybody_who_has_something_to_do(visitor: Visitor) -> None:
    page = visitor.get("/login/demo").text
    for role in ("學生", "校長", "教務主任", "註冊組長", "導師", "任課教師", "課程諮詢教師"):
        assert f"{role}</button>" in page or f"{role}、" in page, role
    assert "t900" not in page


@pytest.mark.hostile("upload")
def test_a_body_is_held_to_its_measure(trying: Visitor) -> None:
    text = OURS | {"content-type": "application/x-www-form-urlencoded"}
    large = b"a" * (MOST_TEXT + 1)
    assert trying.client.post("/login/demo", content=large, headers=text).status_code == 413
    pieces = iter([large[:-10], b"a" * 20])  # whose length no header says
    streamed = trying.client.post("/login/demo", content=pieces, headers=text)
    assert (streamed.status_code, "APP307" in streamed.text, is_guarded(streamed)) == (413, True, True)
    said = text | {"content-length": str(MOST_TEXT + 1)}
    assert trying.client.post("/login/demo", content=b"", headers=said).status_code == 413
    for length in (b"-1", b"1e3", b"1, 1", b"\xb2", b"9" * 5000):
        headers = {name.encode(): value.encode() for name, value in text.items()} | {b"content-length": length}
        assert trying.client.post("/", content=b"", headers=headers).status_code == 413, length


def test_only_who_has_signed_in_sends_files(trying: Visitor) -> None:
    files = {"file": ("work.pdf", b"x" * (MOST_TEXT + 1))}
    anybodys = {"csrf": trying.token()}
    assert trying.client.post("/takes", data=anybodys, files=files, headers=OURS).status_code == 413
    trying.sign_in(STUDENT)
    own = {"csrf": trying.token("/")}
    taken = trying.client.post("/takes", data=own, files=files, headers=OURS)
    assert taken.json()["form"]["file"] == MOST_TEXT + 1
    said = OURS | {"content-type": "multipart/form-data; boundary=x", "content-length": str(MOST_FILES + 1)}
    assert trying.client.post("/takes", content=b"", headers=said).status_code == 413
    many = [("file", (f"{index}.pdf", b"x")) for index in range(21)]
    assert trying.client.post("/takes", data=own, files=many, headers=OURS).status_code == 400


@pytest.mark.parametrize(("language", "says"), [("zh-TW", "沒有這一頁"), ("en", "There is no such page")])
def test_an_error_says_code_fact_and_next_step(visitor: Visitor, language: str, says: str) -> None:
    answer = visitor.get(f"/nothing?lang={language}")
    assert (answer.status_code, "APP305" in answer.text, says in answer.text) == (404, True, True)
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize(("language", "says"), [("zh-TW", "平臺出了問題"), ("en", "Something went wrong")])
def test_our_own_fault_tells_nothing_of_us_or_of_anybody(
    trying: Visitor, language: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = trying.get(f"/breaks?lang={language}")
    assert (answer.status_code, "APP309" in answer.text, says in answer.text) == (500, True, True)
    for told in ("secret", "RuntimeError", "Traceback", ".py", "s1130001"):
        assert told not in answer.text
    [record] = [record for record in caplog.records if record.name == "licheng.platform"]
    assert record.getMessage().startswith("APP309 RuntimeError tests.platform.test_server:")
    assert "secret" not in caplog.text


def test_what_cannot_be_done_is_said_in_the_words_of_the_command(trying: Visitor) -> None:
    answer = trying.get("/refuses")
    assert (answer.status_code, "APP005" in answer.text) == (400, True)
    assert "&lt;script&gt;2026-13-01" in answer.text


def test_the_language_stays(visitor: Visitor) -> None:
    assert '<html lang="zh-TW">' in visitor.get("/").text
    assert '<html lang="en">' in visitor.get("/?lang=en").text
    assert '<html lang="en">' in visitor.get("/login/demo").text
    assert '<html lang="en">' in visitor.get("/?lang=xx").text
    assert '<html lang="zh-TW">' in visitor.get("/?lang=zh-TW").text


@pytest.mark.hostile("header")
@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/a%22%3E%3Cscript%3E", "/%5Cevil.example", "/x?next=//evil.example"]
)
def test_the_way_to_another_language_stays_here(visitor: Visitor, path: str) -> None:
    page = visitor.client.get(f"http://localhost:8001{path}").text
    assert 'href="//' not in page
    assert "<script" not in page
    assert 'href="/' in page
    assert 'href="/\\' not in page


def test_nothing_is_inline_and_nothing_is_from_elsewhere(visitor: Visitor, settings: Settings, clock: Clock) -> None:
    visitor.sign_in(STUDENT)
    for page in ("/", "/login/demo", "/nothing"):
        text = visitor.get(page).text
        for forbidden in ("style=", "<style", "onclick", "javascript:", "http://", "https://", "<script>"):
            assert forbidden not in text, (page, forbidden)
        assert text.count("<h1>") == 1, page


@pytest.mark.hostile("upload")
def test_a_body_that_does_not_end_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, clock: Clock
) -> None:
    monkeypatch.setattr(guard, "_BODY_SECONDS", 0.01)

    async def receive() -> Any:
        await asyncio.Event().wait()  # one byte an hour

    assert status_of(settings, clock, "/login/demo", receive) == 408


def test_what_has_a_body_is_answered_by_main_as_it_is_when_that_has_come(
    settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    settings = replace(settings, remote=str(copied(Path(settings.remote), tmp_path / "remote.git")))
    accounts = (ROOT / "content/school/accounts.yaml").read_text(encoding="utf-8")
    ended = re.sub(rf"(id: {STUDENT}\n    holder: student\n)", r"\1    to: 2026-11-22\n", accounts)
    sessions = Sessions(settings)
    cookie = sessions.start(STUDENT, clock(), "demo")
    session = sessions.read(cookie, clock())
    assert session is not None
    whose = {"cookie": f"{sessions.cookie_name}={cookie}", "x-csrf-token": sessions.csrf(session)}

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def receive_late() -> Any:
        committed(Path(settings.remote), "content/school/accounts.yaml", ended.encode())
        return await receive()

    assert status_of(settings, clock, "/notices", receive, **whose) == 303
    assert status_of(settings, clock, "/notices", receive_late, **whose) == 404


def status_of(settings: Settings, clock: Clock, path: str, receive: Callable[[], Awaitable[Any]], **more: str) -> int:
    """The answer to a form that comes as it comes."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"host": settings.host, **OURS, "content-type": "application/x-www-form-urlencoded", **more}
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
    }
    with ThreadPoolExecutor(1) as pool:  # a test in a browser leaves its loop running in this thread
        pool.submit(asyncio.run, application(settings, clock)(scope, receive, send)).result()
    return int(sent[0]["status"])


def test_an_account_that_is_open_no_more_is_signed_out(visitor: Visitor, settings: Settings, clock: Clock) -> None:
    sessions = Sessions(settings)
    for account in (STUDENT, "s1139999", "t999"):
        visitor.client.cookies.set(sessions.cookie_name, sessions.start(account, clock(), "demo"))
        assert visitor.account == (STUDENT if account == STUDENT else None)
        assert visitor.get("/me").status_code == (200 if account == STUDENT else 303)
