"""Instants as stock OpenSSH writes them: `20260115093000Z`. Without the Z they would move with the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def openssh_time(instant: datetime) -> str:
    """Write an instant for `allowed_signers` and for `-Overify-time`.

    Raises:
        ValueError: it is not in UTC, not of whole seconds, or before 1970.
    """
    if instant.utcoffset() != timedelta(0):
        raise ValueError(f"not in UTC: {instant!r}")
    if instant.microsecond:
        raise ValueError(f"not of whole seconds: {instant!r}")
    if instant < datetime(1970, 1, 2, tzinfo=UTC):  # OpenSSH reads the instant 0 as "no bound"
        raise ValueError(f"too early: {instant!r}")
    return instant.strftime("%Y%m%d%H%M%SZ")
