"""A draft of a term's calendar: what a school has before its working group has met."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from licheng.core.term import Term


def calendar_draft(term: Term) -> dict[str, Any]:
    """A draft: the term's own edges; opening, closing and the course selection are for the school to set."""
    opening, closing = term.first_day + timedelta(days=30), term.last_day - timedelta(days=11)
    return {
        "starts": term.first_day.isoformat(),
        "ends": term.last_day.isoformat(),
        "opening": opening.isoformat(),
        "closing": closing.isoformat(),
        "course_selection_closed": (opening + timedelta(days=17)).isoformat(),
        "windows": [],
        "agency": [],
    }
