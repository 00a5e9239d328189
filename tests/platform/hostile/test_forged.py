"""Forms that somebody else made, sent by the browser of who has signed in: none does anything, at any route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.platform.hostile.town import DOING, FIELDS, KEEPER, ROUTES, STRANGERS, STUDENT, TEACHER, Town
from tests.platform.visitors import OURS

FORM = "application/x-www-form-urlencoded"
THIEF = STRANGERS["another student"]
CROSS = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
Forge = Callable[[Town, str], dict[str, Any]]


def _raw(text: str, kind: str = FORM, **headers: str) -> dict[str, Any]:
    return {"content": text, "headers": {**OURS, "content-type": kind, **headers}}


def _visitors(town: Town) -> str:
    """A token of a page that a visitor was shown."""
    client = town.visitor.client
    client.cookies.clear()
    return town.visitor.token()


# What is sent for an account; `csrf` in `data` takes the place of the right one.
FORGED: dict[str, Forge] = {
    "without a token": lambda _, __: {"data": FIELDS | {"csrf": ""}},
    "with the token of another session": lambda town, _: {"data": FIELDS | {"csrf": town.token(str(THIEF))}},
    "with the token of a visitor": lambda town, _: {"data": FIELDS | {"csrf": _visitors(town)}},
    "with the token twice": lambda town, who: _raw(f"csrf={town.token(who)}&csrf={town.token(who)}"),
    "with the token in the query": lambda town, who: _raw("a=b") | {"params": {"csrf": town.token(who)}},
    "with a token of zeros": lambda _, __: {"data": FIELDS | {"csrf": "0" * 96}},
    "as plain text that looks like a form": lambda town, who: _raw(f"csrf={town.token(who)}", "text/plain"),
    "as JSON": lambda town, who: _raw(f'{{"csrf": "{town.token(who)}"}}', "application/json"),
    "from another site with the right token": lambda _, __: {"data": FIELDS, "headers": CROSS},
    "from the signing page with the right token": lambda _, __: {
        "data": FIELDS, "headers": {"origin": "http://sign.localhost:8002", "sec-fetch-site": "same-site"}},
    "from a frame without origin": lambda _, __: {"data": FIELDS, "headers": {"origin": "null"}},
    "from nowhere": lambda _, __: {"data": FIELDS, "headers": {}},
    "with the origin of another port": lambda _, __: {"data": FIELDS, "headers": {"origin": "http://localhost:8002"}},
    "by a header that names the method": lambda _, __: {
        "data": FIELDS | {"csrf": "", "_method": "PUT"}, "headers": {**OURS, "x-http-method-override": "PUT"}},
}  # fmt: skip


@pytest.mark.hostile("forged form")
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_it_does_nothing_at_any_route(town: Town, forge: Forge) -> None:
    before = town.kept()
    for method, path in DOING:
        place = next(town.filled(path))
        for account in (STUDENT, KEEPER):
            answer = town.ask(method, place, account, **forge(town, account))
            assert answer.status_code in {400, 403}, (method, place, account)
            assert "APP306" in answer.text or answer.status_code == 400
    assert town.kept() == before


@pytest.mark.hostile("forged form")
@pytest.mark.parametrize(
    "path", sorted({path for _, path in DOING} - {path for method, path in ROUTES if method == "GET"})
)
def test_a_link_or_a_picture_does_nothing(town: Town, path: str) -> None:
    """Somebody who is led to the address of a form."""
    before = town.kept()
    for place in town.filled(path):
        for account in (STUDENT, TEACHER, KEEPER, None):
            assert town.ask("GET", place, account, params=FIELDS, headers=CROSS).status_code in {303, 404, 405}, place
    assert town.kept() == before


@pytest.mark.hostile("forged form")
def test_a_visitor_is_signed_in_as_nobody(town: Town) -> None:
    """Whoever is signed in as somebody else without knowing writes into that one's account."""
    for path in ("/login/demo", "/login/passkey", "/login/code", "/login/passkey/new"):
        for headers in (CROSS, {}, {"origin": "null"}):
            client = town.visitor.client
            client.cookies.clear()
            data = {"csrf": town.visitor.token(), "account": STUDENT}
            answer = client.post(path, data=data, headers=headers)
            assert (answer.status_code, "APP306" in answer.text) == (403, True), path
            assert town.parts.sessions.cookie_name not in answer.cookies
