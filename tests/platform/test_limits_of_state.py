"""What the platform keeps is bounded: prepared changes by their number and size, tickets and drafts by their age."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import Response

from licheng.core.dates import written
from licheng.core.errors import UsageError
from licheng.platform import signing_desk
from licheng.platform.drafts import Drafts, Typed
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.retention import forget_old
from licheng.platform.settings import Settings
from licheng.platform.signing_desk import MOST_WAITING, SigningDesk, drawn_id
from licheng.platform.spool import Spool
from tests.gate.items import STUDENT
from tests.platform.main_branch import demo_repository, git
from tests.platform.school import draft, hand_in
from tests.platform.test_pages import Platform

NOW = datetime.now(UTC).replace(microsecond=0)


def value(size: int = 0, at: datetime = NOW) -> dict[str, str]:
    return {"made": written(at), "more": "x" * size}


def test_one_account_has_no_more_waiting_for_its_signature_than_its_share(tmp_path: Path) -> None:
    desk = SigningDesk(tmp_path)
    for _ in range(MOST_WAITING):
        desk.put("t012", drawn_id(), value())
    with pytest.raises(UsageError, match="APP397"):
        desk.put("t012", drawn_id(), value())
    assert len(list((tmp_path / "t012").iterdir())) == MOST_WAITING
    desk.put("t013", drawn_id(), value())  # another's share is their own
    desk.put("t012", drawn_id(), value(at=NOW + timedelta(minutes=61)))  # what was not signed has gone
    assert len(list(tmp_path.glob("*/*"))) == 1


def test_nor_more_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_desk, "MOST_BYTES", 10_000)
    desk, last = SigningDesk(tmp_path), drawn_id()
    desk.put("t012", drawn_id(), value(4_000))
    desk.put("t012", last, value(4_000))
    with pytest.raises(UsageError, match="APP397"):
        desk.put("t012", drawn_id(), value(4_000))
    assert desk.get("t012", last, NOW) == value(4_000)


def settled(spool: Spool, slug: str, at: datetime, *, state: TicketState = TicketState.LANDED) -> Ticket:
    ticket = replace(spool.accept(hand_in(draft(slug), key=slug)), state=state, settled_at=at)
    spool.settle(ticket)
    path = spool.folder / "settled" / STUDENT / ticket.id
    os.utime(path, (at.timestamp(), at.timestamp()))
    return ticket


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_settled_tickets_go_after_the_settings_days_and_no_other_ever(settings: Settings) -> None:
    spool = Spool(settings.state / "spool")
    gone = [
        settled(spool, "running", days_ago(401)),
        settled(spool, "jumping", days_ago(900), state=TicketState.REFUSED),
    ]
    stays = [settled(spool, "swimming", days_ago(399)), spool.accept(hand_in(draft("waiting"), key="waiting"))]
    # Killed between the two writes of settling, it lies in both; the next delivery puts that right.
    between = settled(spool, "rowing", days_ago(900))
    (spool.folder / "waiting" / f"{between.number:012d}.{STUDENT}.{between.id}").write_bytes(
        (spool.folder / "settled" / STUDENT / between.id).read_bytes()
    )
    assert forget_old(settings, lambda: NOW) == len(gone)
    assert {ticket.id for ticket in spool.tickets_of(STUDENT)} == {ticket.id for ticket in [*stays, between]}
    assert [ticket.id for ticket in spool.waiting()] == [stays[1].id]
    assert forget_old(replace(settings, kept_days=100), lambda: NOW) == 1
    assert [ticket.id for ticket in spool.waiting()] == [stays[1].id]


def test_drafts_go_when_nobody_goes_on_with_them_unless_they_wait_for_the_gate(settings: Settings) -> None:
    spool, then = Spool(settings.state / "spool"), days_ago(500)
    folder = settings.state / "drafts"
    now = Drafts(folder, lambda: NOW)
    keys = {"old": then, "waits": then, "landed": then, "fresh": NOW}
    for key, at in keys.items():
        drafts = Drafts(folder, lambda at=at: at)  # type: ignore[misc]
        version = drafts.save(STUDENT, key, Typed("tab", 1, "", {"summary": [key]})).text.version
        if key in {"waits", "landed"}:
            drafts.note_ticket(STUDENT, key, version, spool.accept(hand_in(draft(key), key=key)).id)
        os.utime(folder / STUDENT / f"{key}.json", (at.timestamp(), at.timestamp()))
    landed = spool.ticket(STUDENT, now.read(STUDENT, "landed").texts[0].ticket)
    assert landed is not None
    spool.settle(replace(landed, state=TicketState.LANDED, settled_at=NOW))
    assert forget_old(settings, lambda: NOW) == 2
    assert now.keys(STUDENT) == ["fresh", "waits"]
    # One text of two is of today: both stay.
    now.save(STUDENT, "waits", Typed("other", 1, "", {"summary": ["more"]}))
    assert forget_old(settings, lambda: NOW) == 0


@pytest.fixture
def unreadable(tmp_path: Path) -> Iterator[tuple[Platform, str, str]]:
    """A platform over a main in which a text of one student cannot be read, whoever reads that student notices."""
    (tmp_path / "school").mkdir()
    repository = demo_repository(tmp_path / "school")
    student, place = "s1130002", "terms/114-1/outputs/participatory-budget"
    blob = git(repository, "rev-parse", f"main:content/students/113/{student}/{place}/item.md")
    packs = repository / "objects" / "pack"
    whole = [*packs.iterdir()]
    names = git(repository, "rev-list", "--objects", "--no-object-names", "main").replace(f"{blob}\n", "")
    git(repository, "pack-objects", "-q", "--window=0", str(packs / "less"), given=names.encode())
    for file in whole:
        file.unlink()
    shown = Platform(repository, tmp_path / "state")
    with shown.client:
        yield shown, student, place


def test_another_students_page_is_refused_before_anything_of_theirs_is_read(
    unreadable: tuple[Platform, str, str],
) -> None:
    platform, student, place = unreadable

    def asked(account: str, of: str) -> list[Response]:
        digest = "ab" * 32
        paths = (f"/students/{of}", f"/students/{of}/{place}", f"/files/{of}/{digest}", f"/files/{of}/{digest}/1")
        return [platform.get(path, account) for path in paths]

    # Who may see them is told that they cannot be read.
    assert platform.get(f"/students/{student}", student).status_code == 500
    for account in ("s1130001", "s1140001", "t900"):
        for answer, nobodys in zip(asked(account, student), asked(account, "s1139999"), strict=True):
            assert answer.status_code == nobodys.status_code == 404, account
            assert answer.text.replace(student, "") == nobodys.text.replace("s1139999", "")
