"""Calendars for one reader: a term on one sheet of paper, and what is still to come for a year level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from licheng.core.dates import day
from licheng.outputs.inert import lines, link, table
from licheng.outputs.pages.days import days_left, phase_chip
from licheng.outputs.pages.meta import BULK
from licheng.outputs.pages.view import CalendarView, SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS


@dataclass(frozen=True)
class _Entry:
    """A line of a calendar; `levels` is empty for what concerns no year level, as a meeting does."""

    what: Markup
    who: Markup
    levels: frozenset[int]
    opens: date | None
    closes: date


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`calendar/<term>-sheet.md` and `calendar/level-<level>.md`."""
    say, none = words.data["planner"], words.data["text"]["none"]
    heads = [say[head] for head in ("closes", "what", "who", "opens")]
    for term in view.calendars:
        name = words.period(str(term.calendar.term))
        title = words.say("planner", "sheet_title", term=name)
        rows = [
            (words.short_date(entry.closes), entry.what, entry.who,
             words.short_date(entry.opens) if entry.opens else none)
            for entry in sorted(_entries(term, view, words), key=lambda entry: entry.closes)
        ]  # fmt: skip
        values = {
            "meta": BULK,
            "source": term.calendar.record.path,
            "title": title,
            "back": link(words.say("calendar", "page_title", term=name), f"{term.calendar.term}.md"),
            "school": view.name.get(words.short, ""),
            "as_of": words.short_date(view.today),
            "rows": table(title, heads, rows),
        }
        yield f"calendar/{term.calendar.term}-sheet.md", "calendar-sheet.md", values
    for level in LEVELS if view.calendars else ():
        yield f"calendar/level-{level}.md", "calendar-level.md", _level(level, view, words)


def level_links(words: Words) -> list[Markup]:
    """A link to each year level's page, from a page in the folder of the calendar."""
    return [link(words.label("levels", level), f"level-{level}.md") for level in LEVELS]


def _level(level: int, view: SiteView, words: Words) -> Mapping[str, Any]:
    say = words.data["planner"]
    title = words.say("planner", "level_title", level=words.label("levels", level))
    coming = [
        entry
        for term in view.calendars
        for entry in _entries(term, view, words)
        if level in entry.levels and entry.closes >= view.today
    ]
    rows = []
    for entry in sorted(coming, key=lambda entry: entry.closes):
        chip = phase_chip(entry.opens or entry.closes, entry.closes, view.today, words)
        days = [words.short_date(entry.closes), days_left(entry.closes, view.today, words)]
        if entry.opens:
            days.append(words.say("home", "from_on", opens=words.short_date(entry.opens)))
        rows.append((lines([entry.what, chip]), lines(days)))
    return {
        "title": title,
        "as_of": words.short_date(view.today),
        "others": [link(words.label("levels", other), f"level-{other}.md") for other in LEVELS if other != level],
        "rows": table(title, [say["what"], say["closes"]], rows) if rows else None,
    }


def _entries(term: CalendarView, view: SiteView, words: Words) -> Iterator[_Entry]:
    calendar = term.calendar
    for item in term.windows:
        window = item.window
        what = words.doing(window.category, window.word)
        yield _Entry(what, words.whom(window.levels, window.batch), window.levels, window.opens, window.closes)
    for upload in term.agency:
        if upload.internal_deadline is not None:
            what = words.say("home", "internal", roster=words.label("rosters", upload.window.roster))
            yield _Entry(what, words.data["planner"]["units"], frozenset(), None, upload.internal_deadline)
    sessions = {
        (session.audience, session.on): session
        for shown in view.trainings
        if shown.term == str(calendar.term)
        for session in shown.sessions
    }
    for training in calendar.record.data.get("trainings", ()):
        audience, on = training["audience"], day(training["on"])
        session = sessions.get((audience, on))
        details = [part for part in (session.hours, session.place) if part] if session is not None else []
        # Parents look at their child's year level: their briefing is for all of them, as the students' training is.
        levels = frozenset(LEVELS if audience in ("students", "parents") else ())
        name = words.label("audiences", audience)
        yield _Entry(lines([name, " ".join(details)]) if details else name,
                     words.label("planner_audiences", audience), levels, None, on)  # fmt: skip
    for on in calendar.record.data.get("meetings", ()):
        yield _Entry(words.data["planner"]["meeting"], words.data["planner"]["group"], frozenset(), None, day(on))
    for edge in ("opening", "closing"):
        yield _Entry(words.data["calendar"][edge], words.data["calendar"]["all_levels"], frozenset(), None,
                     day(calendar.record.data[edge]))  # fmt: skip
