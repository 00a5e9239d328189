"""When files last changed, by the history of their repository; without one, nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path

from licheng.core.dates import TAIPEI
from licheng.core.errors import LichengError
from licheng.core.layout import CONTENT, home
from licheng.core.moments import known_moment
from licheng.core.term import Term
from licheng.policy.duties import Changes
from licheng.sources.git import run

_COMMIT = "\x01"
# Commits that are asked for a time; that all of these name impossible ones is no accident.
_LOOK_BACK = 1_000


@dataclass(frozen=True)
class History:
    """The day of each file's last change, in Asia/Taipei, by path from the school's root."""

    days: Mapping[str, date] = field(default_factory=dict)

    @cached_property
    def folders(self) -> Mapping[str, date]:
        """The last change of anything directly in a folder."""
        latest: dict[str, date] = {}
        for path, day in self.days.items():
            folder = path.rpartition("/")[0]
            latest[folder] = max(day, latest.get(folder, day))
        return latest

    @cached_property
    def kinds(self) -> Changes:
        """The last change by kind of record and term or school year; what names neither goes by its own day."""
        latest: dict[tuple[str, str], date] = {}
        for path, day in self.days.items():
            where = home(path)
            if where is not None:
                period = where.identity.get("term") or where.identity.get("year") or str(Term.on(day))
                key = (where.kind.name, period)
                latest[key] = max(day, latest.get(key, day))
        return latest


def history(root: Path, today: date) -> History:
    """What changed when, up to the end of a day; empty where there is no repository."""
    end = datetime.combine(today, time.max, TAIPEI)
    # Commits, newest first, each followed by the paths that it changed.
    log = _git(root, "log", "-z", "--no-renames", "--relative", "--name-only", "--format=%x01%ct", "--", CONTENT) or ""
    days: dict[str, date] = {}
    when, known = today, False
    for part in filter(None, log.split("\0")):
        if part.startswith(_COMMIT):
            moment = known_moment(part[1:], TAIPEI)
            known = moment is not None and moment <= end
            when = moment.date() if moment is not None else today
        elif known:
            days.setdefault(part.lstrip("\n"), when)
    return History(days)


def last_changed(root: Path, folders: tuple[str, ...]) -> dict[str, date]:
    """The day of the last commit of each file below some folders, in Asia/Taipei.

    A commit of an impossible time is passed over, for the one before it.

    Args:
        root: the repository's top.
        folders: paths from the root; one walk over their history answers for all files.
    """
    log = _git(root, "log", "--format=%x01%ct", "--name-only", "--no-renames", "-z", "--", *folders) or ""
    days: dict[str, date] = {}
    on: date | None = None
    for part in log.replace("\n", "\0").split("\0"):
        if part.startswith(_COMMIT):
            moment = known_moment(part[1:], TAIPEI)
            on = moment.date() if moment is not None else None
        elif part and on is not None:
            days.setdefault(part, on)
    return days


def commit_before(root: Path, day: date) -> str | None:
    """The last commit of the main line made before a day began, in Asia/Taipei; None where history has none."""
    begin = int(datetime.combine(day, time.min, TAIPEI).timestamp())
    commit = _git(root, "rev-list", "-1", "--first-parent", f"--before={begin - 1}", "HEAD")
    return (commit or "").strip() or None


def last_commit(root: Path) -> datetime | None:
    """The moment of the last commit that changed the school's records and says so by a time that can be."""
    log = _git(root, "log", "--format=%ct", f"--max-count={_LOOK_BACK}", "--", CONTENT) or ""
    moments = (known_moment(line, TAIPEI) for line in log.split("\n"))
    return next((moment for moment in moments if moment is not None), None)


def _git(root: Path, *arguments: str) -> str | None:
    try:
        return run(root, *arguments).decode("utf-8", "surrogateescape")
    except LichengError:
        return None
