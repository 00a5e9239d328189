"""Terms: the index, and a page for each with its drawing, its windows by year level and the agency's deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from markupsafe import Markup

from licheng.core.calendar import AgencyWindow, Window
from licheng.core.dates import day
from licheng.core.rulebook import Act
from licheng.outputs.inert import lines, link, table
from licheng.outputs.pages import feeds, planner
from licheng.outputs.pages.days import days_left, phase_chip
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.timeline import Mark, TimelineEntry, timeline
from licheng.outputs.pages.view import AgencyWindowView, CalendarView, SiteView, WindowView
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS, Phase


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`calendar/index.md` and `calendar/<term>.md`."""
    terms = [
        {
            "link": link(words.period(str(term.calendar.term)), f"{term.calendar.term}.md"),
            "opening": words.date(term.calendar.opening),
            "closing": words.date(term.calendar.closing),
            "sheet": link(words.data["planner"]["print"], f"{term.calendar.term}-sheet.md"),
            "open": [
                lines([words.say("calendar", "until", what=_what(item, words), who=_who(item.window, words),
                                 closes=words.date(item.window.closes)),
                       days_left(item.window.closes, view.today, words)])
                for item in term.windows
                if item.phase is Phase.RUNNING
            ],
        }
        for term in view.calendars
    ]  # fmt: skip
    values = {"terms": terms, "as_of": words.date(view.today), "feeds": feeds.links(view, words),
              "levels": planner.level_links(words)}  # fmt: skip
    yield "calendar/index.md", "calendar-index.md", values
    for term in view.calendars:
        yield f"calendar/{term.calendar.term}.md", "calendar.md", _page(term, view, words)


def _page(term: CalendarView, view: SiteView, words: Words) -> Mapping[str, Any]:
    calendar, say = term.calendar, words.data["calendar"]
    data = calendar.record.data
    name = words.period(str(calendar.term))
    edges = [
        (say[field], words.date(day(data[field])))
        for field in ("starts", "opening", "course_selection_closed", "closing", "ends")
        if field in data
    ]
    trainings = [
        (words.label("audiences", training["audience"]), words.date(day(training["on"])))
        for training in data.get("trainings", ())
    ]
    numbered = {(item.resolution.meeting, item.resolution.number): item for item in term.windows}
    return {
        "name": name,
        "term": str(calendar.term),
        "source": calendar.record.path,
        "sheet": link(words.data["planner"]["print"], f"{calendar.term}-sheet.md"),
        "meta": {} if calendar.starts <= view.today <= calendar.ends else BULK,
        "as_of": words.date(view.today),
        "edges": table(words.say("calendar", "edges_of", term=name), _heads(words, "day", "date"), edges),
        "levels": [_level(level, term.windows, view.today, words) for level in LEVELS],
        "agency": _agency_table(term.agency, view.today, words),
        "trainings": table(say["trainings"], _heads(words, "audience", "date"), trainings) if trainings else None,
        "meetings": [words.date(day(on)) for on in data.get("meetings", ())],
        # Each that set a window, once, with its text where the minutes are on file.
        "resolutions": [
            words.say("calendar", "resolution_text", cited=_resolution(item, words),
                      text=item.resolution.text if item.resolution.text is not None else say["no_minutes"])
            for item in (numbered[key] for key in sorted(numbered))
        ],
        "line": _timeline(term, view, words),
        "alt": words.say("calendar", "alt", term=name, windows=len(term.windows), agency=len(term.agency)),
    }  # fmt: skip


def _heads(words: Words, *names: str) -> list[Markup]:
    return [words.data["calendar"][name] for name in names]


def _what(item: WindowView, words: Words) -> Markup:
    return words.doing(item.window.category, item.window.word)


def _who(window: Window | AgencyWindow, words: Words) -> Markup:
    return words.whom(window.levels, window.batch)


def _level(level: int, windows: Iterable[WindowView], today: date, words: Words) -> Mapping[str, Any]:
    name = words.label("levels", level)
    rows = []
    for item in sorted(windows, key=lambda item: (item.window.closes, item.window.id)):
        window = item.window
        if level in window.levels:
            batch = [words.label("batches", window.batch)] if window.batch is not None else []
            basis = [_resolution(item, words)]
            for change in window.amendments:
                on, closes = change.on.isoformat(), change.closes.isoformat()
                basis.append(words.say("calendar", "amended", on=on, closes=closes))
            if level in item.floors:
                basis.append(words.say("calendar", "floor", on=item.floors[level].isoformat()))
            what = lines([_what(item, words), *batch, phase_chip(window.opens, window.closes, today, words)])
            rows.append((what, words.date(window.closes), words.date(window.opens), lines(basis)))
    caption = words.say("calendar", "windows_of", level=name)
    heads = _heads(words, "window", "closes", "opens", "basis")
    return {"name": name, "anchor": f"level-{level}", "table": table(caption, heads, rows) if rows else None}


def _resolution(item: WindowView, words: Words) -> Markup:
    _, _, on = item.resolution.meeting.partition("/")
    return words.say("calendar", "resolution", on=on, number=item.resolution.number)


def _agency_table(windows: Iterable[AgencyWindowView], today: date, words: Words) -> Markup | None:
    none = words.data["text"]["none"]
    rows = [
        (
            lines(
                [
                    words.label("rosters", item.window.roster),
                    _who(item.window, words),
                    phase_chip(item.window.opens, item.window.closes, today, words),
                ]
            ),
            words.date(item.internal_deadline) if item.internal_deadline else none,
            words.date(item.window.closes),
            words.date(item.window.opens),
            item.notice,
        )
        for item in sorted(windows, key=lambda item: (item.window.closes, item.window.roster, item.window.batch or ""))
    ]
    heads = _heads(words, "roster", "internal", "agency_closes", "agency_opens", "notice")
    return table(words.data["calendar"]["agency_caption"], heads, rows) if rows else None


def _timeline(term: CalendarView, view: SiteView, words: Words) -> Any:
    spans = [
        _span(_what(item, words), item.window.stage or Act.DATES_ONLY, item.window, words) for item in term.windows
    ]
    for item in term.agency:
        roster = words.label("rosters", item.window.roster)
        spans.append(_span(words.say("calendar", "submit", roster=roster), "agency", item.window, words))
    calendar = term.calendar
    marks = [
        Mark(words.data["calendar"]["opening"], "edge", calendar.opening),
        Mark(words.data["calendar"]["closing"], "edge", calendar.closing),
    ]
    if calendar.starts <= view.today <= max((span.closes for span in spans), default=calendar.ends):
        marks.append(Mark(words.data["calendar"]["today"], "today", view.today))
    return timeline(spans, marks, str(words.data["calendar"]["month"]))


def _span(what: Markup, kind: str, window: Window | AgencyWindow, words: Words) -> TimelineEntry:
    label = words.say("calendar", "span", what=what, who=_who(window, words))
    return TimelineEntry(label, kind, window.opens, window.closes)
