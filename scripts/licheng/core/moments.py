"""Moments that a history names: a commit may hold any number of seconds, and what is in history cannot be changed.

The gate lets no untimely commit in; whoever reads what came in before goes on: a time that no calendar of a school has
(before 1970, beyond 2199, or no number at all) is passed over, or where a time there must be taken for the nearest.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

_LAST = int(datetime(2199, 12, 31, tzinfo=UTC).timestamp())


def known_moment(seconds: str, zone: tzinfo = UTC) -> datetime | None:
    """The time of a commit; None where it names none that a calendar has.

    Args:
        seconds: since 1970-01-01 UTC, as git prints it; empty for a line that git cannot read.
        zone: in which the time is given.
    """
    digits = seconds.strip()
    fits = digits.isascii() and digits.isdigit() and len(digits) <= 20 and 0 < int(digits) <= _LAST
    return datetime.fromtimestamp(int(digits), zone) if fits else None


def nearest_moment(seconds: str, zone: tzinfo = UTC) -> datetime:
    """The time of a commit, or the first or last that a calendar has."""
    digits = seconds.strip()
    is_large = digits.isascii() and digits.isdigit() and (len(digits) > 20 or int(digits) > _LAST)
    return known_moment(seconds, zone) or datetime.fromtimestamp(_LAST if is_large else 0, zone)
