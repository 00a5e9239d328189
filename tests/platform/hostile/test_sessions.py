"""Cookies that somebody brings: set before signing in, kept after signing out, made elsewhere, of somebody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from licheng.platform.sessions import Sessions
from tests.platform.hostile.town import KEEPER, STRANGERS, STUDENT, Town

OTHER = str(STRANGERS["another student"])


def _elsewhere(town: Town, folder: Path) -> str:
    """Of a platform with another secret."""
    return Sessions(replace(town.settings, state=folder)).start(STUDENT, town.clock(), "demo")


def _signed_out(town: Town, _: Path) -> str:
    cookie = town.parts.sessions.start(STUDENT, town.clock(), "demo")
    town.parts.sessions.end_all(STUDENT, town.clock())
    return cookie


def _aged(**age: float) -> Callable[[Town, Path], str]:
    return lambda town, _: town.parts.sessions.start(STUDENT, town.clock() - timedelta(**age), "demo")


def _glued(town: Town, _: Path) -> str:
    """What one cookie says, with the signature of another."""
    mine, theirs = town.cookie(OTHER), town.cookie(STUDENT)
    return f"{theirs.rpartition('.')[0]}.{mine.rpartition('.')[2]}"


def _token(town: Town, _: Path) -> str:
    return town.token(STUDENT)


COOKIES: dict[str, Callable[[Town, Path], str]] = {
    "of another secret": _elsewhere,
    "kept after signing out everywhere": _signed_out,
    "away for half an hour": _aged(minutes=30),
    "of the day before": _aged(hours=24),
    "of tomorrow": _aged(hours=-24),
    "of one with the signature of another": _glued,
    "a token of a form": _token,
    "an account's id": lambda _, __: STUDENT,
    "nothing": lambda _, __: "",
    "unsigned": lambda town, _: town.cookie(STUDENT).rpartition(".")[0],
    "far too long": lambda town, _: town.cookie(STUDENT) + "A" * 9000,
}


@pytest.mark.hostile("session")
@pytest.mark.parametrize("make", COOKIES.values(), ids=COOKIES)
def test_a_cookie_that_is_no_session_shows_nothing(
    town: Town, tmp_path: Path, make: Callable[[Town, Path], str]
) -> None:
    name, text = town.parts.sessions.cookie_name, make(town, tmp_path)
    client = town.visitor.client
    client.cookies.clear()
    for path in ("/me", "/log", f"/students/{STUDENT}", "/me/tickets"):
        answer = client.get(path, headers={"cookie": f"{name}={text}"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), path
        assert STUDENT not in answer.text


@pytest.mark.hostile("session")
@pytest.mark.parametrize("brought", ["a session of the thief", "a visitor of the thief", "both under both names"])
def test_what_was_in_the_browser_before_signing_in_is_no_way_in(town: Town, brought: str) -> None:
    """Somebody has put cookies of their own into the victim's browser, and waits until the victim signs in."""
    sessions, client = town.parts.sessions, town.visitor.client
    planted = town.cookie(OTHER) if "session" in brought or "both" in brought else "A" * 43
    client.cookies.clear()
    if "session" in brought or "both" in brought:
        client.cookies.set(sessions.cookie_name, planted)
    if "visitor" in brought or "both" in brought:
        client.cookies.set(sessions.visitor_name, "A" * 43)
    answer = town.visitor.sign_in(KEEPER)
    own = answer.cookies[sessions.cookie_name]
    assert own != planted
    session = sessions.read(own, town.clock())
    assert session is not None
    assert session.account == KEEPER
    # What the thief knows is worth nothing in the new session.
    thiefs = town.parts.sessions.csrf("A" * 43)
    client.cookies.clear()
    answer = town.ask("POST", "/logout", KEEPER, data={"csrf": thiefs})
    assert answer.status_code == 403
    before = sessions.read(planted, town.clock())
    assert before is None or before.account == OTHER


@pytest.mark.hostile("session")
def test_of_two_cookies_of_one_name_nobody_is_more_than_one_of_them(town: Town) -> None:
    name = town.parts.sessions.cookie_name
    client = town.visitor.client
    client.cookies.clear()
    for first, second in ((OTHER, STUDENT), (STUDENT, OTHER)):
        header = f"{name}={town.cookie(first)}; {name}={town.cookie(second)}"
        shown = client.get("/", headers={"cookie": header}).text
        assert (OTHER in shown) is not (STUDENT in shown)
