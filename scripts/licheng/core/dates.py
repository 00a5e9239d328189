"""Days and instants as records write them, and the one time zone of the school."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")  # no summer time since 1979

_INSTANT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", re.ASCII)


@lru_cache(maxsize=20_000)  # the same few hundred days stand in every file
def day(text: str) -> date:
    """Read `2026-01-15`; the schemas have already checked that it is a date."""
    return date.fromisoformat(text)


def optional_day(text: str | None) -> date | None:
    """Likewise, where a record may leave it out."""
    return day(text) if text is not None else None


def instant(text: str) -> datetime:
    """Read `2026-11-23T04:00:00Z`.

    Raises:
        ValueError: it is not written so, or no day of the calendar.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    # `strptime` is slow to start, and what `fromisoformat` takes depends on the Python.
    year, month, number, hour, minute, second = map(int, match.groups())
    return datetime(year, month, number, hour, minute, second, tzinfo=UTC)


def written(when: datetime) -> str:
    """The way back, in whole seconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
