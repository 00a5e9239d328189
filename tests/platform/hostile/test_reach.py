"""Every route with what is somebody's in it, asked by everybody who has no business there; a new route is one more."""

from __future__ import annotations

import re

import pytest
from httpx import Response

from tests.platform.hostile.town import (
    COORDINATOR,
    DOING,
    FIELDS,
    KEEPER,
    NEWCOMER,
    SHOWING,
    STRANGERS,
    STUDENT,
    TEACHER,
    TUTOR,
    Town,
)

OWNERS = (STUDENT, TEACHER, KEEPER, NEWCOMER, COORDINATOR, TUTOR, "t004", "t006", None)
REFUSALS = {303, 400, 403, 404, 422}
_STRANGERS = re.compile("|".join(filter(None, STRANGERS.values())))


def told(answer: Response, town: Town) -> list[str]:
    """What of other people's an answer tells; the address that was asked for is told again in links to itself."""
    text = re.sub(r'(?:href="[^"]*lang=[^"]*|name="student"[^>]*)"', "", answer.text)
    return [secret for secret in (*town.secrets, STUDENT) if secret in text]


def of_others(town: Town) -> dict[str, bytes]:
    """All that is kept but what is the strangers' own."""
    return {name: data for name, data in town.kept().items() if _STRANGERS.search(name) is None}


@pytest.mark.hostile("reach")
@pytest.mark.parametrize("path", SHOWING)
def test_a_page_tells_nothing_of_it(town: Town, path: str) -> None:
    everywhere = path == "/login/demo"  # which shows everybody that there is
    for filled in town.asked(path):
        for who, account in STRANGERS.items():
            answer = town.ask("GET", filled, account)
            assert everywhere or told(answer, town) == [], (who, filled)
            assert answer.status_code in {200, *REFUSALS}, (who, filled)
            assert answer.headers.get("location", "/").startswith("/"), (who, filled)


@pytest.mark.parametrize("path", SHOWING)
def test_somebody_who_may_is_shown_it(town: Town, path: str) -> None:
    """Otherwise nothing was tried above."""
    answers = (town.ask("GET", filled, account).status_code for filled in town.asked(path) for account in OWNERS)
    assert 200 in answers


@pytest.mark.hostile("reach")
@pytest.mark.parametrize(("method", "path"), DOING)
def test_a_form_changes_nothing_of_it(town: Town, method: str, path: str) -> None:
    before = of_others(town)
    for filled in town.filled(path):
        for who, account in STRANGERS.items():
            work = f"{STUDENT}/{town.values['place'][0]}"
            data = FIELDS | {"item": work, "student": STUDENT, "_upload": town.values["key"][1]}
            answer = town.ask(method, filled, account, data=data)
            assert told(answer, town) == [], (who, filled)
            assert answer.status_code in REFUSALS, (who, filled)
    assert of_others(town) == before


@pytest.mark.hostile("reach")
@pytest.mark.parametrize("button", ["choose", "drop", "discard", "give-up", "withdraw", "rebase", "attach", "put"])
def test_no_button_reaches_anothers_draft_or_file(town: Town, button: str) -> None:
    before = of_others(town)
    for below in town.values["below"]:
        for who in ("another student", "the principal"):
            for about in (town.values["key"][1], town.values["ticket"][0], "", "*"):
                data = FIELDS | {"_do": f"{button} {about}", "_upload": town.values["key"][1]}
                answer = town.ask("POST", f"/me/edit/{below}", STRANGERS[who], data=data)
                assert told(answer, town) == [], (who, below)
    assert of_others(town) == before
