"""Whether the server was backed up, the backup tried out, and both lately enough: the watch that must not sleep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from licheng.app.backup.manifest import NAME, digest, read_manifest
from licheng.app.backup.memory import Remembered, remembered
from licheng.app.server.received import ReceiptLog
from licheng.core.dates import TAIPEI, instant
from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.errors import LichengError
from licheng.core.school import School
from licheng.policy.backups import days_without, limits
from licheng.sources.repository import Repository


def examine(repository: Repository, school: School, now: datetime) -> Iterator[Diagnosis]:
    """The last backup, the last drill, and what lies in the folder; nothing before the first record was received.

    Args:
        repository: of a server.
        school: whose limits count.
        now: UTC.
    """
    server, today = repository.git_dir, now.astimezone(TAIPEI).date()
    try:
        began = next((instant(entry["at"]) for entry in ReceiptLog.of(server).chained()), None)
        known = remembered(server)
    except LichengError as error:
        yield Diagnosis("DOC060", Health.UNKNOWN, {"path": str(error.values["path"]), "folder": "…"})
        return
    if began is None:
        return
    allowed = limits(school)
    newest = max(known, key=lambda each: each.at, default=None)
    if newest is None:
        yield _never("DOC063", began, today, allowed.every_days)
        return
    yield _last("DOC060", newest.at, today, allowed.every_days, newest.folder)
    drills = [each for each in known if each.drilled is not None]
    tried = max(drills, key=lambda each: each.drilled or began, default=None)
    if tried is not None and tried.drilled is not None:
        yield _last("DOC061", tried.drilled, today, allowed.drill_days, tried.folder)
    else:
        yield _never("DOC064", began, today, allowed.drill_days, newest.folder)
    yield _content(newest)


def _last(code: str, at: datetime, today: date, limit: int, folder: Path) -> Diagnosis:
    days = days_without(at, at, today)
    values = {"at": f"{at.astimezone(TAIPEI):%Y-%m-%d %H:%M}", "days": str(days), "limit": str(limit)}
    return Diagnosis(code, Health.WRONG if days > limit else Health.OK, {**values, "folder": str(folder)})


def _never(code: str, began: datetime, today: date, limit: int, folder: Path | None = None) -> Diagnosis:
    """Wrong as soon as something that was received could have been lost for longer than the school allows."""
    days = days_without(None, began, today)
    values = {"days": str(days), "limit": str(limit), "folder": str(folder or "")}
    return Diagnosis(code, Health.WRONG if days > limit else Health.NOTICE, values)


def _content(backup: Remembered) -> Diagnosis:
    """The manifest is the one that the server wrote, and every file that it names is there and as long as it says.

    A disk that lies in a safe cannot be looked at. Digests are compared by the drill, which reads everything.
    """
    values = {"folder": str(backup.folder)}
    if not backup.folder.is_dir():
        return Diagnosis("DOC062", Health.NOTICE, values)
    try:
        manifest = read_manifest(backup.folder)
        if manifest is None or digest((backup.folder / NAME).read_bytes()) != backup.manifest:
            return Diagnosis("DOC062", Health.WRONG, {**values, "path": NAME})
    except (LichengError, OSError):
        return Diagnosis("DOC062", Health.WRONG, {**values, "path": NAME})
    for part in manifest.parts:
        path = backup.folder / part.path
        if not path.is_file() or path.stat().st_size != part.size:
            return Diagnosis("DOC062", Health.WRONG, {**values, "path": part.path})
    return Diagnosis("DOC062", Health.OK, {**values, "path": ""})
