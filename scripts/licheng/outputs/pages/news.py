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
    say = words.data["news"]
    every = list[News]()
    for term in view.calendars:
        page = f"calendar/{term.calendar.term}.md"
        extended: list[tuple[str, Markup, Window | AgencyWindow]] = [
            *(("extended", words.doing(item.window.category, item.window.word), item.window) for item in term.windows),
            *(("agency", words.label("rosters", item.window.roster), item.window) for item in term.agency),
        ]
        for name, what, window in extended:
            for change in window.amendments:
                closes = change.closes.isoformat()
                every.append((change.on, link(words.say("news", name, what=what, closes=closes), page)))
    for meeting in view.meetings:
        what = words.say("news", "meeting", term=words.period(meeting.term))
        every.append((meeting.on, link(what, "working-group.md")))
    for session in (session for term in view.trainings for session in term.sessions):
        what = words.say("news", "training", what=words.label("audiences", session.audience))
        every.append((session.on, link(what, "training.md")))
    for evaluation in view.evaluations:
        what = words.say("news", "evaluation", year=words.period(str(evaluation.year)))
        every.append((evaluation.released, link(what, "evaluation.md")))
    every += [(day(layer.record.data["announced"]), link(say["limits"], "agency.md")) for layer in view.agency]
    # Law in Chinese only: no page of another language is there for certain.
    law = link(say["regulation"], "regulation.md") if words.short == "zh" else say["regulation"]
    every += [(book.in_force_from, law) for book in view.rulebooks]
    known = sorted((news for news in every if news[0] <= view.today), key=lambda news: news[0], reverse=True)
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
