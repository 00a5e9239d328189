"""A draft of a term's calendar: what a school has before its working group has met."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from licheng.core.term import Term


def calendar_draft(term: Term, *, short: bool = False) -> dict[str, Any]:
    """A draft: the term's own edges; opening, closing and the course selection are for the school to set.

    Args:
        term: which.
        short: the edges alone, as of a term before the school began here (SCH011).
    """
    opening, closing = term.first_day + timedelta(days=30), term.last_day - timedelta(days=11)
    edges = {
        "starts": term.first_day.isoformat(),
        "ends": term.last_day.isoformat(),
        "opening": opening.isoformat(),
        "closing": closing.isoformat(),
    }
    selected = (opening + timedelta(days=17)).isoformat()
    return edges if short else edges | {"course_selection_closed": selected, "windows": [], "agency": []}
