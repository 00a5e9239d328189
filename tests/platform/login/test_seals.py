"""Seals: good for what they were made for, for a while, of this platform."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licheng.platform.login.seals import Seals

NOW, LASTS = datetime(2026, 11, 29, 1, tzinfo=UTC), timedelta(minutes=10)


@pytest.fixture
def seals(tmp_path: Path) -> Seals:
    return Seals(tmp_path / "login.key")


def test_a_seal_opens_until_it_is_too_old(seals: Seals, tmp_path: Path) -> None:
    text = seals.seal("sign-in", {"challenge": "x"}, NOW)
    assert seals.open("sign-in", text, NOW, LASTS) == {"challenge": "x"}
    assert seals.open("sign-in", text, NOW + LASTS - timedelta(seconds=1), LASTS) == {"challenge": "x"}
    assert seals.open("sign-in", text, NOW + LASTS, LASTS) is None
    assert seals.open("sign-in", text, NOW - timedelta(seconds=1), LASTS) is None, "of the future"
    assert Seals(tmp_path / "login.key").open("sign-in", text, NOW, LASTS) is not None, "after a restart"
    assert stat.S_IMODE((tmp_path / "login.key").stat().st_mode) == 0o600


@pytest.mark.hostile("replay")
def test_a_seal_is_for_one_purpose_and_of_one_platform(seals: Seals, tmp_path: Path) -> None:
    text = seals.seal("sign-in", {"challenge": "x"}, NOW)
    assert seals.open("registration", text, NOW, LASTS) is None
    assert Seals(tmp_path / "other.key").open("sign-in", text, NOW, LASTS) is None


@pytest.mark.parametrize("text", ["", ".", "a.b", "eyJhIjoxfQ.x", "\u5b78", ".eJw.x", "x" * 5000])
def test_what_is_no_seal_opens_nothing(seals: Seals, text: str) -> None:
    assert seals.open("sign-in", text, NOW, LASTS) is None


def test_a_changed_letter_opens_nothing(seals: Seals) -> None:
    text = seals.seal("sign-in", {"challenge": "x"}, NOW)
    for at in range(len(text) - 1):  # of the last letter not all bits count
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        assert seals.open("sign-in", changed, NOW, LASTS) is None
