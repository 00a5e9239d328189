"""The day of a command: given, or the demo school's standing clock, or today in the school's time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from licheng.core.dates import TAIPEI, instant
from licheng.core.errors import UsageError
from licheng.sources import yaml
from licheng.sources.tree import Tree

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FIRST_YEAR = 1912  # school years are counted from here


def parse_day(text: str) -> date:
    """Read `2026-11-23`.

    Raises:
        UsageError: APP005, it is not a date.
    """
    try:
        day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
        if day.year <= _FIRST_YEAR:
            raise ValueError(text)
        return day
    except ValueError as error:
        case = {"case": "no-such-day"} if _DAY.fullmatch(text) else {}
        raise UsageError("APP005", text=text, **case) from error


def day_of(tree: Tree, given: str | None) -> date:
    """The day that everything is judged on.

    A demo school's clock stands still, so that its checks do not redden with time.
    """
    if given is not None:
        return parse_day(given)
    return demo_day(tree) or datetime.now(TAIPEI).date()


def now_of(tree: Tree, given: str | None) -> datetime:
    """The instant of a decision, UTC, in whole seconds; in a demo school noon of its standing day.

    Raises:
        UsageError: APP050, it is not written like `2026-11-23T04:00:00Z`.
    """
    standing = standing_moment(tree) if given is None else None
    return standing or moment_of(given)


def standing_moment(tree: Tree) -> datetime | None:
    """The instant at which a demo school's clock stands still, UTC: noon of its day; None of any other school."""
    day = demo_day(tree)
    return datetime.combine(day, time(12), TAIPEI).astimezone(UTC) if day is not None else None


def moment_of(given: str | None) -> datetime:
    """The instant of something that happens on a machine, where no demo's clock stands still: UTC, whole seconds.

    Raises:
        UsageError: APP050, it is not written like `2026-11-23T04:00:00Z`.
    """
    if given is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return instant(given)
    except ValueError as error:
        raise UsageError("APP050", text=given) from error


def demo_day(tree: Tree) -> date | None:
    """The day on which a demo school's clock stands still; None of any other school."""
    for entry in tree.entries("content/school/school.yaml"):
        try:
            return date.fromisoformat(yaml.parse(tree.read(entry).decode("utf-8"))["demo"]["today"])
        except (UnicodeDecodeError, yaml.OutsideSubsetError, KeyError, TypeError, ValueError):
            return None
    return None
