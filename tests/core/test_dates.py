"""Instants are read in the one form that is written, whatever Python reads besides."""

from __future__ import annotations

import pytest

from licheng.core.dates import instant, written


@pytest.mark.parametrize("text", ["2026-11-23T04:00:00Z", "1912-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_an_instant_is_written_as_it_was_read(text: str) -> None:
    assert written(instant(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("2026-1-2T04:00:00Z", "2026-11-23 04:00:00Z", "2026-11-23T04:00Z", "2026-11-23T04:00:00+00:00"),
        *("2026-11-23T24:00:00Z", "2026-11-23T04:00:60Z", "2026-02-30T04:00:00Z", "２026-11-23T04:00:00Z"),
        *("2026-11-23T04:00:00Z\n", "0000-01-01T00:00:00Z"),
    ],
)
def test_nothing_else_is_an_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        instant(text)
