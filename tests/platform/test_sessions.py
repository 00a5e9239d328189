"""Sessions: what a cookie is believed, for how long, and how it ends."""

from __future__ import annotations

import re
import threading
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.core.errors import LichengError
from licheng.platform.sessions import ABSOLUTE, IDLE, Sessions
from licheng.platform.settings import Settings
from licheng.storage.files import alone, temporary
from tests.platform.visitors import Clock

NOW = Clock().now


@pytest.fixture
def sessions(settings: Settings) -> Sessions:
    return Sessions(settings)


def test_a_cookie_says_who_came_how_and_when(sessions: Sessions) -> None:
    session = sessions.read(sessions.start("s1130001", NOW, "passkey"), NOW)
    assert session is not None
    assert (session.account, session.how) == ("s1130001", "passkey")
    assert (session.signed_in_at, session.seen_at, session.epoch) == (NOW, NOW, 0)


def test_every_sign_in_is_a_session_of_its_own(sessions: Sessions) -> None:
    assert sessions.start("s1130001", NOW, "demo") != sessions.start("s1130001", NOW, "demo")


def test_somebody_who_works_stays_until_the_absolute_end(sessions: Sessions) -> None:
    cookie, now = sessions.start("s1130001", NOW, "demo"), NOW
    while now < NOW + ABSOLUTE - timedelta(minutes=20):
        now += timedelta(minutes=20)
        session = sessions.read(cookie, now)
        assert session is not None, now
        cookie = sessions.refreshed(session, now) or cookie
    assert sessions.read(cookie, NOW + ABSOLUTE - timedelta(seconds=1)) is not None
    assert sessions.read(cookie, NOW + ABSOLUTE) is None


def test_somebody_who_is_away_is_signed_out(sessions: Sessions) -> None:
    cookie = sessions.start("s1130001", NOW, "demo")
    assert sessions.read(cookie, NOW + IDLE - timedelta(seconds=1)) is not None
    assert sessions.read(cookie, NOW + IDLE) is None


def test_a_cookie_of_the_future_is_none(sessions: Sessions) -> None:
    cookie = sessions.start("s1130001", NOW + timedelta(minutes=5), "demo")
    assert sessions.read(cookie, NOW) is None


def test_it_is_written_anew_once_a_minute_at_most(sessions: Sessions) -> None:
    session = sessions.read(sessions.start("s1130001", NOW, "demo"), NOW)
    assert session is not None
    assert sessions.refreshed(session, NOW + timedelta(seconds=59)) is None
    renewed = sessions.read(sessions.refreshed(session, NOW + timedelta(seconds=60)) or "", NOW + timedelta(seconds=60))
    assert renewed == replace(session, seen_at=NOW + timedelta(seconds=60))


@pytest.mark.hostile("session")
def test_every_changed_character_is_seen(sessions: Sessions) -> None:
    cookie = sessions.start("s1130001", NOW, "demo")
    for index, character in enumerate(cookie[:-1]):  # of the last, some bits are none of the signature
        other = "A" if character != "A" else "B"
        assert sessions.read(cookie[:index] + other + cookie[index + 1 :], NOW) is None, index
    assert sessions.read(cookie[:-2], NOW) is None


@given(st.text())
def test_no_text_is_a_session(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    sessions = Sessions(Settings("http://localhost", "", "", None, folder, "t900"))
    assert sessions.read(text, NOW) is None
    assert not sessions.check_csrf("somebody", text)


def test_another_platforms_cookie_is_none(sessions: Sessions, settings: Settings, tmp_path: Path) -> None:
    other = Sessions(replace(settings, state=tmp_path / "other"))
    assert sessions.read(other.start("s1130001", NOW, "demo"), NOW) is None
    assert not sessions.check_csrf("visitor", other.csrf("visitor"))


def test_the_secret_outlives_the_process_and_is_its_owners(sessions: Sessions, settings: Settings) -> None:
    assert Sessions(settings).read(sessions.start("s1130001", NOW, "demo"), NOW) is not None
    assert (settings.state / "session.key").stat().st_mode & 0o777 == 0o600


def test_a_damaged_secret_is_told(settings: Settings) -> None:
    (settings.state / "session.key").write_bytes(b"short")
    with pytest.raises(LichengError) as caught:
        Sessions(settings)
    assert (caught.value.code, caught.value.values["case"]) == ("APP302", "damaged")


def test_signing_out_ends_all_sessions_of_that_account_alone(sessions: Sessions, settings: Settings) -> None:
    phone, desk = (sessions.start("s1130001", NOW, "demo") for _ in range(2))
    neighbour = sessions.start("s1130002", NOW, "demo")
    sessions.end_all("s1130001", NOW)
    assert [sessions.read(cookie, NOW) is None for cookie in (phone, desk, neighbour)] == [True, True, False]
    assert Sessions(settings).read(phone, NOW) is None
    assert sessions.read(sessions.start("s1130001", NOW, "demo"), NOW) is not None


@pytest.mark.hostile("session")
def test_a_damaged_epoch_lets_nobody_in(sessions: Sessions, settings: Settings) -> None:
    cookie = sessions.start("s1130001", NOW, "demo")
    (settings.state / "epochs").mkdir()
    (settings.state / "epochs" / "s1130001").write_text("")
    assert sessions.read(cookie, NOW) is None


def test_of_two_who_sign_out_at_once_each_counts(
    sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = threading.Thread(target=sessions.end_all, args=("s1130001", NOW))
    arrived = threading.Event()  # the second waits for its turn, or has counted already

    def asked(folder: Path) -> AbstractContextManager[None]:
        if threading.current_thread() is second:
            arrived.set()
        return alone(folder)

    def counted(target: Path, data: bytes, mode: int) -> Path:
        if threading.current_thread() is second:
            arrived.set()
        else:
            second.start()
            arrived.wait()
        return temporary(target, data, mode)

    monkeypatch.setattr("licheng.platform.sessions.alone", asked)
    monkeypatch.setattr("licheng.platform.sessions.temporary", counted)
    sessions.end_all("s1130001", NOW)
    second.join()
    assert [path.name for path in (settings.state / "epochs").iterdir()] == ["s1130001"]
    assert (settings.state / "epochs" / "s1130001").read_text() == "2\n"


@pytest.mark.hostile("path")
@pytest.mark.parametrize("account", ["../session.key", " ", "s/1", "S1", "a" * 33, "s1\n"])
def test_an_account_is_no_path(sessions: Sessions, account: str) -> None:
    with pytest.raises(ValueError, match=re.escape(account)):
        sessions.start(account, NOW, "demo")
    with pytest.raises(ValueError, match=re.escape(account)):
        sessions.end_all(account, NOW)


@pytest.mark.hostile("forged form")
def test_a_token_is_of_one_session(sessions: Sessions) -> None:
    one, other = (sessions.read(sessions.start("s1130001", NOW, "demo"), NOW) for _ in range(2))
    assert one is not None
    assert other is not None
    token = sessions.csrf(one)
    assert token != sessions.csrf(one)
    assert sessions.check_csrf(one, token)
    assert sessions.check_csrf(replace(one, seen_at=NOW + timedelta(minutes=1)), token)
    for bound in (other, replace(one, account="s1130002"), one.id, f"{one.account} {one.id}"):
        assert not sessions.check_csrf(bound, token)
    for changed in (token[:-1], token + "0", token[32:], "", "0" * len(token)):
        assert not sessions.check_csrf(one, changed)
