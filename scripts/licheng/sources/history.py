"""When files last changed, by the repository's history."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from licheng.core.moments import known_moment


def last_changed(root: Path, folders: tuple[str, ...], zone: ZoneInfo) -> dict[str, date]:
    """The day of the last commit of each file below some folders; nothing where there is no repository.

    A commit of an impossible time is passed over, for the one before it.

    Args:
        root: the repository's top.
        folders: paths from the root; one walk over their history answers for all files.
        zone: in which a commit's instant becomes a day.
    """
    log = ["log", "--format=%x01%ct", "--name-only", "--no-renames", "-z", "--", *folders]
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *log]
    done = subprocess.run(command, capture_output=True, check=False)
    found: dict[str, date] = {}
    on: date | None = None
    for part in done.stdout.decode("utf-8", "surrogateescape").replace("\n", "\0").split("\0"):
        if part.startswith("\x01"):
            made = known_moment(part[1:], zone)
            on = made.date() if made is not None else None
        elif part and on is not None:
            found.setdefault(part, on)
    return found
