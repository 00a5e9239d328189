"""Line ends and addresses where a header is made: none of them adds one, and none leads away."""

from __future__ import annotations

import pytest

from licheng.platform.pages.items import SentFile
from licheng.platform.pages.student import sent
from tests.platform.hostile.town import KEEPER, SHOWING, STUDENT, Town

LINES = {
    "CR LF": "x\r\nset-cookie: evil=1",
    "LF": "x\nset-cookie: evil=1",
    "CR": "x\rset-cookie: evil=1",
    "two line ends": "x\r\n\r\n<script>alert(1)</script>",
    "line ends of Unicode": "x\u2028set-cookie: evil=1\u0085",
    "already in percents": "x%0d%0aset-cookie:%20evil=1",
    "a letter whose last byte is one": "x\u560a\u560dset-cookie: evil=1",
}
AWAY = (
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "@evil.example",
)
FORWARDED = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "javascript",
    "x-forwarded-for": "127.0.0.1",
    "forwarded": "host=evil.example;proto=https",
    "x-original-url": "/enrolments",
    "x-rewrite-url": "/enrolments",
    "x-host": "evil.example",
    "x-forwarded-prefix": "//evil.example",
}


def is_untouched(headers: list[tuple[str, str]]) -> bool:
    """Whether nobody has added a header, or put the way to somewhere else into one."""
    names = {name.lower() for name, _ in headers}
    ends = any(end in value for _, value in headers for end in "\r\n\0")
    leads = [value for name, value in headers if name == "location"]
    here = all(value.startswith("/") and not value.startswith(("//", "/\\")) for value in leads)
    cookies = [value for name, value in headers if name == "set-cookie"]
    return here and not ends and "evil" not in names and not any(value.startswith("evil") for value in cookies)


@pytest.mark.hostile("header")
@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_a_line_end_anywhere_in_an_address_adds_no_header(town: Town, text: str) -> None:
    names = ("next", "lang", "category", "check", "item", "student", "class", "download", "error", "state", "code")
    for path in SHOWING:
        place = next(town.filled(path))
        for account in (STUDENT, KEEPER):
            answer = town.ask("GET", place, account, params=dict.fromkeys(names, text))
            assert is_untouched(answer.headers.multi_items()), (place, account)
            assert "<script>alert" not in answer.text
            assert answer.status_code < 500, place


@pytest.mark.hostile("header")
@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_a_line_end_in_the_name_of_a_file_adds_no_header(text: str) -> None:
    for framed in (True, False):
        answer = sent(SentFile(f'{text}".png; filename=evil.exe', "image/png", framed, b"x"), download=False)
        assert is_untouched(answer.headers.items())
        assert answer.headers["content-disposition"].count(";") == 1
        assert '"' not in answer.headers["content-disposition"]


@pytest.mark.hostile("header")
@pytest.mark.parametrize("where", AWAY)
def test_no_page_leads_away(town: Town, where: str) -> None:
    names = ("next", "return", "return_to", "redirect", "redirect_uri", "url", "continue", "goto", "lang")
    for path in SHOWING:
        place = next(town.filled(path))
        for account in (STUDENT, None):
            answer = town.ask("GET", place, account, params=dict.fromkeys(names, where))
            assert is_untouched(answer.headers.multi_items()), place
            assert 'href="//' not in answer.text
            assert f'href="{where}' not in answer.text


@pytest.mark.hostile("header")
@pytest.mark.parametrize("name", FORWARDED)
def test_what_a_proxy_would_say_is_believed_of_nobody(town: Town, name: str) -> None:
    plain = {"cookie": ""}
    for path in ("/", "/login/demo", "/enrolments", "/me", "/nothing"):
        said = town.ask("GET", path, STUDENT, headers=plain | {name: FORWARDED[name]})
        unsaid = town.ask("GET", path, STUDENT, headers=plain)
        assert (said.status_code, said.headers.get("location")) == (unsaid.status_code, unsaid.headers.get("location"))
        assert "evil" not in said.text


@pytest.mark.hostile("header")
@pytest.mark.parametrize("cookie", ["lang", "flash", "licheng-visitor", "licheng-device", "licheng-errand"])
def test_a_cookie_of_ones_own_making_is_said_again_nowhere(town: Town, cookie: str) -> None:
    for text in ('"><script>alert(1)</script>', "evil%0d%0aset-cookie:%20evil=1", "flash_no_such_word", "en;evil=1"):
        for path in ("/", "/login", "/login/demo", "/nothing"):
            answer = town.ask("GET", path, None, headers={"cookie": f"{cookie}={text}"})
            assert answer.status_code < 500, (cookie, text)
            assert is_untouched(answer.headers.multi_items())
            assert "evil" not in answer.text
            assert "<script>alert" not in answer.text
