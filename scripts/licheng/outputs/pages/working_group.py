"""The working group: its seats by office, and what its meetings resolved; never who sat there or how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.outputs.inert import chip, lines, table
from licheng.outputs.pages.regulation import name_of
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words

_SHAPES = {"done": "done", "open": "open", "overdue": "warning", "carried": "closed"}


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`working-group.md`."""
    say = words.data["group"]
    heads = [say["role"], say["seat"], say["count"], say["state"], say["article"]]
    seats = [
        (
            words.label("roles", shown.seat.role),
            name_of({"post": shown.seat.post}, view, words),
            shown.seat.count,
            chip(say["filled"], "done") if shown.filled else chip(say["vacant"], "warning"),
            shown.seat.article,
        )
        for shown in view.seats
    ]
    columns = [say["number"], say["resolution"], say["state"]]
    meetings = []
    for meeting in view.meetings:
        name = words.say("group", "meeting", term=words.period(meeting.term), on=meeting.on.isoformat())
        rows = []
        for resolution in meeting.resolutions:
            what = lines([words.label("resolution_subjects", resolution.subject), resolution.text])
            state = [chip(words.label("resolution_states", resolution.state), _SHAPES[resolution.state])]
            if resolution.due is not None:
                state.append(words.say("group", "due_on", due=words.date(resolution.due)))
            rows.append((resolution.number, what, lines(state)))
        resolved = table(words.say("group", "resolutions_of", meeting=name), columns, rows) if rows else None
        over = view.over(meeting.term)
        meetings.append({"name": name, "anchor": f"m-{meeting.on.isoformat()}", "table": resolved, "over": over})
    values = {
        "as_of": words.date(view.today),
        "seats": table(say["seats"], heads, seats) if seats else None,
        "total": sum(shown.seat.count for shown in view.seats),
        "meetings": meetings,
    }
    yield "working-group.md", "working-group.md", values
