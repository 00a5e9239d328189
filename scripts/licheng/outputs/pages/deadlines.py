"""What is open, and what closes next: the calendars' windows and the agency's internal deadlines as one list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase


@dataclass(frozen=True)
class Item:
    """One thing to be done: stage (or `agency`), category (or roster), its words, its days, where it is told."""

    stage: str
    category: str
    what: Markup
    who: Markup
    opens: date
    closes: date
    phase: Phase
    page: str


def items(view: SiteView, words: Words) -> list[Item]:
    """Everything that is open or still to come, by closing day."""
    found = [item for item in _all(view, words) if item.closes >= view.today]
    return sorted(found, key=lambda item: (item.closes, item.opens, item.category, item.stage, str(item.who)))


def _all(view: SiteView, words: Words) -> Iterator[Item]:
    for one in view.calendars:
        page = f"calendar/{one.calendar.term}.md"
        for seen in one.windows:
            window = seen.window
            told = words.doing(window.category, window.stage)
            whom = words.whom(window.levels, window.batch)
            yield Item(window.stage, window.category, told, whom, window.opens, window.closes, seen.phase, page)
        for due in one.agency:
            if due.internal_deadline is not None:
                roster = words.label("rosters", due.window.roster)
                whom = words.whom(due.window.levels, due.window.batch)
                yield Item("agency", due.window.roster, words.say("home", "internal", roster=roster), whom,
                           one.calendar.starts, due.internal_deadline, Phase.RUNNING, page)  # fmt: skip
