"""Terms: the index, and a page for each with its drawing, its windows by year level and the agency's deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.core.calendar import AgencyWindow, Window
from licheng.core.dates import day
from licheng.outputs.inert import chip, inert, lines, link, table
from licheng.outputs.pages import feeds
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.timeline import Mark, Span, timeline
from licheng.outputs.pages.view import CHIPS, AgencyWindowView, CalendarView, SiteView, WindowView
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS, Phase


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`calendar/index.md` and `calendar/<term>.md`."""
    terms = [_card(one, words) for one in view.calendars]
    yield (
        "calendar/index.md",
        "calendar-index.md",
        {
            "terms": terms,
            "as_of": words.date(view.today),
            "feeds": feeds.links(view, words),
        },
    )
    for one in view.calendars:
        yield f"calendar/{one.calendar.term}.md", "calendar.md", _page(one, view, words)


def _card(one: CalendarView, words: Words) -> Mapping[str, Any]:
    return {
        "link": link(words.period(str(one.calendar.term)), f"{one.calendar.term}.md"),
        "opening": words.date(one.calendar.opening),
        "closing": words.date(one.calendar.closing),
        "open": [_until(item, words) for item in one.windows if item.phase is Phase.RUNNING],
    }


def _until(item: WindowView, words: Words) -> Markup:
    who = _who(item.window.levels, item.window.batch, words)
    return words.say("calendar", "until", what=_what(item, words), who=who, closes=words.date(item.window.closes))


def _page(one: CalendarView, view: SiteView, words: Words) -> Mapping[str, Any]:
    calendar = one.calendar
    data = calendar.record.data
    name = words.period(str(calendar.term))
    edges = [
        (words.data["calendar"][field], words.date(day(data[field])))
        for field in ("starts", "opening", "course_selection_closed", "closing", "ends")
    ]
    return {
        "name": name,
        "term": str(calendar.term),
        "source": calendar.record.path,
        "meta": {} if calendar.starts <= view.today <= calendar.ends else BULK,
        "as_of": words.date(view.today),
        "edges": table(words.say("calendar", "edges_of", term=name), _heads(words, "day", "date"), edges),
        "levels": [_level(level, one, words) for level in LEVELS],
        "agency": _agency_table(one.agency, words),
        "trainings": _trainings(data, words),
        "meetings": [words.date(day(on)) for on in data.get("meetings", ())],
        "resolutions": _resolutions(one.windows, words),
        "line": _timeline(one, view, words),
        "alt": words.say("calendar", "alt", term=name, windows=len(one.windows), agency=len(one.agency)),
    }


def _heads(words: Words, *names: str) -> list[Markup]:
    return [words.data["calendar"][name] for name in names]


def _what(item: WindowView, words: Words) -> Markup:
    return words.doing(item.window.category, item.window.stage)


def _who(levels: Iterable[int], batch: str | None, words: Words) -> Markup:
    return words.whom(levels, batch)


def _phase(phase: Phase, words: Words) -> Markup:
    return chip(words.label("phases", phase), CHIPS[phase])


def _level(level: int, one: CalendarView, words: Words) -> Mapping[str, Any]:
    name = words.label("levels", level)
    rows = [
        (
            lines([_what(item, words), *_batch(item.window.batch, words), _phase(item.phase, words)]),
            words.date(item.window.closes),
            words.date(item.window.opens),
            _cited(item, level, words),
        )
        for item in sorted(one.windows, key=lambda item: (item.window.closes, item.window.id))
        if level in item.window.levels
    ]
    caption = words.say("calendar", "windows_of", level=name)
    heads = _heads(words, "window", "closes", "opens", "basis")
    return {"name": name, "anchor": f"level-{level}", "table": table(caption, heads, rows) if rows else None}


def _batch(batch: str | None, words: Words) -> list[Markup]:
    return [words.label("batches", batch)] if batch is not None else []


def _cited(item: WindowView, level: int, words: Words) -> Markup:
    told: list[object] = [_resolution(item, words)]
    for amendment in item.window.amendments:
        told.append(words.say("calendar", "amended", on=amendment.on.isoformat(), closes=amendment.closes.isoformat()))
    if level in item.floors:
        told.append(words.say("calendar", "floor", on=item.floors[level].isoformat()))
    return lines(told)


def _resolution(item: WindowView, words: Words) -> Markup:
    _, _, on = item.resolution.meeting.partition("/")
    return words.say("calendar", "resolution", on=on, number=item.resolution.number)


def _resolutions(windows: Iterable[WindowView], words: Words) -> list[Markup]:
    """Each resolution that set a window, once, with its text where the minutes are on file."""
    found: dict[tuple[str, int], Markup] = {}
    for item in windows:
        text = item.resolution.text
        said = inert(text) if text is not None else words.data["calendar"]["no_minutes"]
        told = words.say("calendar", "resolution_text", cited=_resolution(item, words), text=said)
        found[(item.resolution.meeting, item.resolution.number)] = told
    return [found[key] for key in sorted(found)]


def _agency_table(windows: Iterable[AgencyWindowView], words: Words) -> Markup | None:
    rows = [
        (
            lines(
                [
                    words.label("rosters", item.window.roster),
                    _who(item.window.levels, item.window.batch, words),
                    _phase(item.phase, words),
                ]
            ),
            words.date(item.internal_deadline) if item.internal_deadline else words.data["text"]["none"],
            words.date(item.window.closes),
            words.date(item.window.opens),
            item.notice,
        )
        for item in sorted(windows, key=lambda item: (item.window.closes, item.window.roster, item.window.batch or ""))
    ]
    heads = _heads(words, "roster", "internal", "agency_closes", "agency_opens", "notice")
    return table(words.data["calendar"]["agency_caption"], heads, rows) if rows else None


def _trainings(data: Mapping[str, Any], words: Words) -> Markup | None:
    rows = [
        (words.label("audiences", one["audience"]), words.date(day(one["on"]))) for one in data.get("trainings", ())
    ]
    heads = _heads(words, "audience", "date")
    return table(words.data["calendar"]["trainings"], heads, rows) if rows else None


def _timeline(one: CalendarView, view: SiteView, words: Words) -> Any:
    spans = [_span(_what(item, words), item.window.stage, item.window, words) for item in one.windows]
    for item in one.agency:
        roster = words.label("rosters", item.window.roster)
        spans.append(_span(words.say("calendar", "submit", roster=roster), "agency", item.window, words))
    calendar = one.calendar
    marks = [
        Mark(words.data["calendar"]["opening"], "edge", calendar.opening),
        Mark(words.data["calendar"]["closing"], "edge", calendar.closing),
    ]
    if calendar.starts <= view.today <= max((span.closes for span in spans), default=calendar.ends):
        marks.append(Mark(words.data["calendar"]["today"], "today", view.today))
    return timeline(spans, marks, str(words.data["calendar"]["month"]))


def _span(what: Markup, kind: str, window: Window | AgencyWindow, words: Words) -> Span:
    label = words.say("calendar", "span", what=what, who=_who(window.levels, window.batch, words))
    return Span(label, kind, window.opens, window.closes)
