"""What is open, and what closes next: the calendars' windows and the agency's internal deadlines as one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase


@dataclass(frozen=True)
class Item:
    """One thing to be done, its words, its days, where it is told.

    Attributes:
        stage: what the engine does in it, or `agency`.
        category: the school's, or a roster.
        kinds: the kinds of record that the category goes into.
        by: the units and posts that act, where the rulebook names them.
    """

    stage: str
    category: str
    kinds: frozenset[str]
    by: frozenset[str]
    what: Markup
    who: Markup
    opens: date
    closes: date
    phase: Phase
    page: str


def items(view: SiteView, words: Words) -> list[Item]:
    """Everything that is open or still to come, by closing day."""
    coming = []
    for term in view.calendars:
        page = f"calendar/{term.calendar.term}.md"
        for item in term.windows:
            window = item.window
            what, whom = words.doing(window.category, window.word), words.whom(window.levels, window.batch)
            by = frozenset(who for _, who in window.by)
            coming.append(Item(window.stage, window.category, window.kinds, by, what, whom,
                               window.opens, window.closes, item.phase, page))  # fmt: skip
        for upload in term.agency:
            if upload.internal_deadline is not None:
                roster = upload.window.roster
                what = words.say("home", "internal", roster=words.label("rosters", roster))
                whom = words.whom(upload.window.levels, upload.window.batch)
                coming.append(Item("agency", roster, frozenset(), frozenset(), what, whom, term.calendar.starts,
                                   upload.internal_deadline, Phase.RUNNING, page))  # fmt: skip
    left = (item for item in coming if item.closes >= view.today)
    return sorted(left, key=lambda item: (item.closes, item.opens, item.category, item.stage, str(item.who)))
