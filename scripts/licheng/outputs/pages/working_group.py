"""The working group: its seats by office, and what its meetings resolved; never who sat there or how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.outputs.inert import chip, lines, table
from licheng.outputs.pages.regulation import name_of
from licheng.outputs.pages.view import MeetingView, SiteView
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
    values = {
        "as_of": words.date(view.today),
        "seats": table(say["seats"], heads, seats) if seats else None,
        "total": sum(shown.seat.count for shown in view.seats),
        "meetings": [{**_meeting(meeting, words), "over": view.over(meeting.term)} for meeting in view.meetings],
    }
    yield "working-group.md", "working-group.md", values


def _meeting(meeting: MeetingView, words: Words) -> Mapping[str, Any]:
    say = words.data["group"]
    name = words.say("group", "meeting", term=words.period(meeting.term), on=meeting.on.isoformat())
    heads = [say["number"], say["resolution"], say["state"]]
    rows = []
    for resolution in meeting.resolutions:
        what = lines([words.label("resolution_subjects", resolution.subject), resolution.text])
        state = chip(words.label("resolution_states", resolution.state), _SHAPES[resolution.state])
        due = resolution.due
        states = [state] if due is None else [state, words.say("group", "due_on", due=words.date(due))]
        rows.append((resolution.number, what, lines(states)))
    return {
        "name": name,
        "anchor": f"m-{meeting.on.isoformat()}",
        "table": table(words.say("group", "resolutions_of", meeting=name), heads, rows) if rows else None,
    }
