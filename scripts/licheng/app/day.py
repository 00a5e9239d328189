"""The day of a command: given, or the demo school's standing clock, or today in the school's time zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from licheng.core.errors import UsageError
from licheng.sources import yaml
from licheng.sources.tree import Tree

SCHOOL_ZONE = ZoneInfo("Asia/Taipei")


def parse_day(text: str) -> date:
    """Read `2026-11-23`.

    Raises:
        UsageError: APP005, it is not a date.
    """
    try:
        if len(text) != len("2026-11-23"):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("APP005", text=text) from error


def day_of(tree: Tree, given: str | None) -> date:
    """The day that everything is judged on.

    A demo school's clock stands still, so that its checks do not redden with time.
    """
    if given is not None:
        return parse_day(given)
    return _demo_day(tree) or datetime.now(SCHOOL_ZONE).date()


def _demo_day(tree: Tree) -> date | None:
    for entry in tree.entries("content/school/school.yaml"):
        try:
            return date.fromisoformat(yaml.parse(tree.read(entry).decode("utf-8"))["demo"]["today"])
        except (UnicodeDecodeError, yaml.RefusedError, KeyError, TypeError, ValueError):
            return None
    return None
