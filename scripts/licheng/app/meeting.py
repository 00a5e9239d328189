"""What a draft of minutes knows before the meeting: who calls and chairs, every seat, what is still open (伍.四)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from licheng.app.status import read_school
from licheng.core.dates import day
from licheng.policy.working_group import convenors, seats, unfinished
from licheng.sources.tree import Tree


def prefilled(tree: Tree, today: date, identity: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a meeting on a day; nobody is present until somebody says so."""
    school = read_school(tree, today)
    on = day(identity["date"])
    book = school.rulebooks.on(on)
    if book is None:
        return {}
    convenor = {"called_by": post, "chaired_by": post} if (post := min(convenors(book), default=None)) else {}
    attendance = [{"seat": seat.post, "present": False} for seat in seats(book) for _ in range(seat.count)]
    earlier = (
        resolution for resolution in unfinished(school) if resolution.meeting.partition("/")[2] < identity["date"]
    )
    resolutions = [
        {
            "number": number,
            "subject": resolution.subject,
            "text": resolution.text,
            "owner": resolution.owner,
            # A day that is over is for the meeting to set anew.
            **({"due": due.isoformat()} if (due := resolution.due) is not None and due >= on else {}),
            "state": "open",
            "carries": {"meeting": resolution.meeting, "number": resolution.number},
        }
        for number, resolution in enumerate(earlier, start=1)
    ]
    return {**convenor, "attendance": attendance, "resolutions": resolutions}
