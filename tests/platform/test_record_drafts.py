"""What one of the staff types in a record is kept until it has landed: for them alone, in every page of theirs."""

from __future__ import annotations

import re
from typing import Any

from licheng.core.layout import CONTENT
from licheng.platform.hand_in import TicketState
from licheng.platform.server import application
from tests.gate.items import STUDENT, position
from tests.gate.scene import ACTIVITIES
from tests.platform.test_records import DUTY, DUTY_PATH, Keeper, keeper, put, written

__all__ = ["keeper", "written"]

AT = f"/records/edit/{DUTY_PATH.removeprefix(f'{CONTENT}/')}"
SAME = {"sec-fetch-site": "same-origin", "origin": "null"}


def typed(keeper: Keeper, text: str, tab: str = "first", number: int = 1, **more: Any) -> int:
    """What the page's script sends; the answer's status."""
    [address] = re.findall(r'data-draft="([^"]*)"', keeper.html)
    [seen] = re.findall(r'data-seen="([^"]*)"', keeper.html)
    own = {"csrf", "_do", "_key", "_tab", "_number", "_seen"}
    fields = {name: texts for name, texts in keeper.fields.items() if name not in own} | {"title": [text]} | more
    document = {"tab": tab, "number": number, "seen": seen, "fields": fields}
    answer = keeper.client.put(address, json=document, headers={**SAME, "x-csrf-token": keeper.token})
    return int(answer.status_code)


def test_what_was_typed_and_never_saved_stands_in_the_form_again(keeper: Keeper) -> None:
    keeper.begin("position", student=STUDENT)
    below = keeper.url
    assert typed(keeper, "衛生股") == 200
    keeper.get("/records")
    assert f'href="{below}"' in keeper.html  # under a name that was drawn, and that nobody remembers
    keeper.get(below)
    assert keeper.fields["title"] == ["衛生股"]
    # A server that was killed and started again has it too.
    client = type(keeper.client)(application(keeper.parts.settings, lambda: keeper.now[0]), str(keeper.client.base_url))
    keeper.client = client
    keeper.as_(ACTIVITIES).get(below)
    assert keeper.fields["title"] == ["衛生股"]


def test_a_form_with_faults_and_a_row_more_are_on_the_disk(keeper: Keeper) -> None:
    put(keeper, DUTY_PATH, position())
    keeper.get(AT)
    keeper.press(title="風紀股長", ends="2026-01-20")
    assert keeper.status == 422
    keeper.get(AT)
    assert (keeper.fields["title"], keeper.fields["ends"]) == (["風紀股長"], ["2026-01-20"])


def test_a_draft_goes_when_it_has_landed_and_not_before(keeper: Keeper) -> None:
    keeper.begin("position", student=STUDENT)
    below = keeper.url
    keeper.press(**DUTY)
    signing = keeper.url
    assert below in keeper.get("/records")  # not signed yet
    keeper.get(signing)
    keeper.sign()
    ticket = keeper.url
    assert below in keeper.get("/records")
    assert "還沒有成為紀錄" in keeper.get(below)
    keeper.url = ticket
    assert keeper.ticket is TicketState.LANDED
    assert below not in keeper.get("/records")
    keeper.get(below)
    assert keeper.fields["title"] == [DUTY["title"]]
    assert 'data-seen=""' in keeper.html


def test_what_the_gate_refused_is_still_in_the_form(keeper: Keeper) -> None:
    put(keeper, DUTY_PATH, position())
    keeper.get(AT)
    keeper.press(title="風紀股長")
    keeper.sign()
    put(keeper, DUTY_PATH, position("2027-01-18"))
    assert keeper.ticket is TicketState.REFUSED
    keeper.get(AT)
    assert keeper.fields["title"] == ["風紀股長"]
    assert "有了更動" in keeper.html
    assert keeper.words["zh-TW"].splitlines()[0] in keeper.html
    assert "還沒有成為紀錄" not in keeper.html


def test_two_pages_type_over_nothing_of_each_other(keeper: Keeper) -> None:
    put(keeper, DUTY_PATH, position())
    keeper.get(AT)
    assert typed(keeper, "風紀股長", "first") == typed(keeper, "攝影股長", "second") == 200
    keeper.get(AT)
    assert keeper.fields["title"] == ["風紀股長"]
    assert "攝影股長" in keeper.html
    [other] = re.findall(r'value="choose ([0-9a-f]+)"', keeper.html)
    keeper.post(AT, {"csrf": keeper.token, "_do": f"choose {other}"})
    assert keeper.fields["title"] == ["攝影股長"]
    assert keeper.url == AT
    [first] = re.findall(r'value="drop ([0-9a-f]+)"', keeper.html)
    keeper.post(AT, {"csrf": keeper.token, "_do": f"drop {first}"})
    assert "風紀股長" not in keeper.html
    [seen] = re.findall(r'value="discard ([0-9a-f]+)"', keeper.html)
    keeper.post(AT, {"csrf": keeper.token, "_do": f"discard {seen}"})
    assert keeper.url == "/records"
    assert AT not in keeper.html
    assert keeper.get(AT).count("攝影股長") == 0


def test_a_draft_is_its_writers_alone(keeper: Keeper) -> None:
    put(keeper, DUTY_PATH, position())
    keeper.get(AT)
    assert typed(keeper, "風紀股長") == 200
    for account in ("t011", "t012", "t004", "s1130001"):
        keeper.as_(account)
        assert "風紀股長" not in keeper.get(AT)
        assert "風紀股長" not in keeper.get("/records")
        assert AT not in keeper.html
    keeper.as_(ACTIVITIES).get(AT)
    assert keeper.fields["title"] == ["風紀股長"]


def test_deleting_a_record_asks_for_no_text(keeper: Keeper) -> None:
    put(keeper, DUTY_PATH, position())
    keeper.get(AT)
    keeper.press("delete")
    assert keeper.url.startswith("/records/sign/")
    keeper.sign()
    assert keeper.ticket is TicketState.LANDED
    assert DUTY_PATH not in keeper.paths("content")


def test_drafts_that_have_landed_make_room_for_others(keeper: Keeper) -> None:
    for title in ("衛生股長", "風紀股長"):
        keeper.begin("position", student=STUDENT)
        keeper.press(**{**DUTY, "title": title})
        keeper.sign()
        assert len(keeper.parts.drafts.keys(ACTIVITIES)) == 1  # the one before has landed
        assert keeper.ticket is TicketState.LANDED
