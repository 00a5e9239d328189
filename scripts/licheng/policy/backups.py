"""When a backup, or a drill of one, is late: one that stopped, and nobody saw it, is how records were lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from licheng.core.dates import TAIPEI
from licheng.core.school import School


@dataclass(frozen=True)
class BackupLimits:
    """How long a school goes without, in days.

    Attributes:
        every_days: from one backup to the next.
        drill_days: from one drill to the next.
    """

    every_days: int = 1
    drill_days: int = 120


def limits(school: School) -> BackupLimits:
    """The school's own, or one day and 120."""
    own = school.one("school")
    return BackupLimits(**own.data.get("backup", {})) if own is not None else BackupLimits()


def days_without(last: datetime | None, began: datetime, today: date) -> int:
    """Whole days since the last time, or since there was something to lose.

    Args:
        last: when it was done last, UTC; None for never.
        began: when the server received its first record, UTC.
        today: Asia/Taipei.
    """
    return (today - (last or began).astimezone(TAIPEI).date()).days
