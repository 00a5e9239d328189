"""What students of each year level have to do, and when: announced, or said to be not announced yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from licheng.outputs.inert import chip
from licheng.outputs.pages.view import CHIPS, SiteView, WindowView
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS, Phase

# What students submit, teachers certify, students select and confirm (肆.一); a statement only those who apply.
_THINGS = (
    ("course-output", "submission"),
    ("course-output", "certification"),
    ("course-output", "selection"),
    ("course-output", "confirmation"),
    ("activity", "submission"),
    ("activity", "selection"),
    ("activity", "confirmation"),
    ("statement", "submission"),
)
_APPLICANTS = {"statement": LEVELS[-1:]}


def by_level(view: SiteView, words: Words) -> list[Mapping[str, Any]]:
    """A card for each year level: what, when and where it stands today."""
    cards: list[Mapping[str, Any]] = []
    for level in LEVELS:
        steps: list[Mapping[str, Any]] = []
        for category, stage in (thing for thing in _THINGS if level in _APPLICANTS.get(thing[0], LEVELS)):
            what = words.doing(category, stage)
            # The window that closes next; where none is to come, the one of the current term that is over.
            own = _windows(category, stage, level, view, current=False)
            coming = (shown for shown in own if shown.phase is not Phase.ENDED)
            past = _windows(category, stage, level, view, current=True)
            seen = min(coming, key=_closes, default=None) or max(past, key=_closes, default=None)
            if seen is None:
                steps.append({"what": what, "on": words.data["by_level"]["unknown"], "state": None})
                continue
            window = seen.window
            if window.batch is not None:
                what = words.say("by_level", "batch", what=what, batch=words.label("batches", window.batch))
            opens, closes = words.short_date(window.opens), words.short_date(window.closes)
            running = seen.phase is Phase.RUNNING
            state = chip(words.label("phases", seen.phase), CHIPS[seen.phase]) if running else None
            on = words.say("by_level", seen.phase, opens=opens, closes=closes)
            steps.append({"what": what, "on": on, "state": state})
        cards.append({"id": f"level-{level}", "name": words.label("levels", level), "steps": steps})
    return cards


def _closes(shown: WindowView) -> date:
    return shown.window.closes


def _windows(category: str, stage: str, level: int, view: SiteView, *, current: bool) -> Iterator[WindowView]:
    for term in view.calendars:
        if not current or term.calendar.starts <= view.today <= term.calendar.ends:
            for seen in term.windows:
                if (seen.window.category, seen.window.stage) == (category, stage) and level in seen.window.levels:
                    yield seen
