"""The working group: its seats by office, and what its meetings resolved; never who sat there or how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.outputs.inert import chip, lines, table
from licheng.outputs.pages.regulation import name_of
from licheng.outputs.pages.view import MeetingView, ResolutionView, SeatView, SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`working-group.md`."""
    say = words.data["group"]
    heads = [say["role"], say["seat"], say["count"], say["state"], say["article"]]
    rows = [_seat(one, view, words) for one in view.seats]
    values = {
        "as_of": words.date(view.today),
        "seats": table(say["seats"], heads, rows) if rows else None,
        "total": sum(one.seat.count for one in view.seats),
        "meetings": [_meeting(one, words) for one in view.meetings],
    }
    yield "working-group.md", "working-group.md", values


def _seat(one: SeatView, view: SiteView, words: Words) -> tuple[object, ...]:
    state = "filled" if one.filled else "vacant"
    return (
        words.label("roles", one.seat.role),
        name_of({"post": one.seat.post}, view, words),
        one.seat.count,
        chip(words.data["group"][state], "done" if one.filled else "warning"),
        one.seat.article,
    )


def _meeting(one: MeetingView, words: Words) -> Mapping[str, Any]:
    say = words.data["group"]
    name = words.say("group", "meeting", term=words.period(one.term), on=one.on.isoformat())
    heads = [say["number"], say["resolution"], say["state"]]
    rows = [_resolution(each, words) for each in one.resolutions]
    return {
        "name": name,
        "anchor": f"m-{one.on.isoformat()}",
        "table": table(words.say("group", "resolutions_of", meeting=name), heads, rows) if rows else None,
    }


def _resolution(one: ResolutionView, words: Words) -> tuple[object, ...]:
    due = [words.say("group", "due_on", due=words.date(one.due))] if one.due is not None else []
    state = chip(words.label("resolution_states", one.state), _SHAPES[one.state])
    return one.number, lines([words.label("resolution_subjects", one.subject), one.text]), lines([state, *due])


_SHAPES = {"done": "done", "open": "open", "overdue": "warning", "carried": "closed"}
