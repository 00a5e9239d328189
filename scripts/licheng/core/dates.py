"""ISO dates of records, with a cache: the same few hundred days stand in every file."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=20_000)
def day(text: str) -> date:
    """Read `2026-01-15`; the schemas have already checked that it is a date."""
    return date.fromisoformat(text)


def optional_day(text: str | None) -> date | None:
    """Likewise, where a record may leave it out."""
    return day(text) if text is not None else None
