"""How near a term's end is: what the regulation wants once a term may wait until then, not longer (伍.四, 陸)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from licheng.core.calendar import TermCalendar

# Four weeks before 休業式: enough to call a meeting or a training, late enough not to nag.
NEAR = timedelta(days=28)


class Urgency(StrEnum):
    """Whether what is still missing in a term can wait."""

    CALM = "calm"
    NEAR = "near"
    OVER = "over"


def urgency(calendar: TermCalendar, today: date) -> Urgency:
    """`near` from four weeks before 休業式, `over` from the day after the term's last day."""
    if today > calendar.ends:
        return Urgency.OVER
    return Urgency.NEAR if today >= calendar.closing - NEAR else Urgency.CALM
