"""What has changed, from the records' own dates: this school year's above, the years before as an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from markupsafe import Markup

from licheng.core.calendar import AgencyWindow, Window
from licheng.core.dates import day
from licheng.core.term import Term
from licheng.outputs.inert import link
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words

News = tuple[date, Markup]


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`news.md`."""
    past = (news for news in _all(view, words) if news[0] <= view.today)
    known = sorted(past, key=lambda news: news[0], reverse=True)
    years = [
        {
            "name": words.period(str(year)),
            "anchor": f"y-{year}",
            "news": [(words.short_date(on), what) for on, what in entries],
            "now": year == Term.on(view.today).year,
        }
        for year, entries in groupby(known, key=lambda news: Term.on(news[0]).year)
    ]
    yield "news.md", "news.md", {"years": years, "as_of": words.short_date(view.today)}


def _all(view: SiteView, words: Words) -> Iterator[News]:
    yield from _extensions(view, words)
    for meeting in view.meetings:
        yield meeting.on, link(words.say("news", "meeting", term=words.period(meeting.term)), "working-group.md")
    for session in (session for term in view.trainings for session in term.sessions):
        what = words.label("audiences", session.audience)
        yield session.on, link(words.say("news", "training", what=what), "training.md")
    for evaluation in view.evaluations:
        name = words.period(str(evaluation.year))
        yield evaluation.released, link(words.say("news", "evaluation", year=name), "evaluation.md")
    for layer in view.agency:
        yield day(layer.record.data["announced"]), link(words.data["news"]["limits"], "agency.md")
    for book in view.rulebooks:
        # Law in Chinese only: no page of another language is there for certain.
        passed = words.data["news"]["regulation"]
        yield book.in_force_from, link(passed, "regulation.md") if words.short == "zh" else passed


def _extensions(view: SiteView, words: Words) -> Iterator[News]:
    for term in view.calendars:
        page = f"calendar/{term.calendar.term}.md"
        extended: list[tuple[str, Markup, Window | AgencyWindow]] = [
            *(("extended", words.doing(item.window.category, item.window.stage), item.window) for item in term.windows),
            *(("agency", words.label("rosters", item.window.roster), item.window) for item in term.agency),
        ]
        for name, what, window in extended:
            for change in window.amendments:
                yield change.on, link(words.say("news", name, what=what, closes=change.closes.isoformat()), page)
