"""What students of each year level have to do, and when: announced, or said to be not announced yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.core.rulebook import Act
from licheng.outputs.pages.days import phase_chip
from licheng.outputs.pages.view import SiteView, WindowView
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS, Phase

# Kinds of record that students submit, teachers certify, students select and confirm (肆.一); a statement only
# those who apply.
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
    windows = (seen.window for term in view.calendars for seen in term.windows)
    # By these the engine does nothing: in the rulebook's own words, as their days are to be seen all the same.
    dates_only = sorted({("", window.word) for window in windows if window.stage == Act.DATES_ONLY})
    return [
        {
            "id": f"level-{level}",
            "name": words.label("levels", level),
            "steps": [
                _step(kind, stage, level, view, words)
                for kind, stage in (*_THINGS, *dates_only)
                if level in _APPLICANTS.get(kind, LEVELS)
            ],
        }
        for level in LEVELS
    ]


def _step(kind: str, stage: str, level: int, view: SiteView, words: Words) -> Mapping[str, Any]:
    # The window that closes next; where none is to come, the one of the current term that is over.
    own = _windows(kind, stage, level, view, current=False)
    seen = min(
        (each for each in own if each.phase is not Phase.ENDED), key=lambda each: each.window.closes, default=None
    )
    if seen is None:
        past = _windows(kind, stage, level, view, current=True)
        seen = max(past, key=lambda each: each.window.closes, default=None)
    category = view.rulebook.category_of(kind) if view.rulebook is not None else kind
    what = words.doing(category, stage) if seen is None else words.doing(seen.window.category, seen.window.word)
    if seen is None:
        return {"what": what, "on": words.data["by_level"]["unknown"], "state": None}
    window = seen.window
    if window.batch is not None:
        what = words.say("by_level", "batch", what=what, batch=words.label("batches", window.batch))
    opens, closes = words.short_date(window.opens), words.short_date(window.closes)
    running = seen.phase is Phase.RUNNING
    state = phase_chip(window.opens, window.closes, view.today, words) if running else None
    return {"what": what, "on": words.say("by_level", seen.phase, opens=opens, closes=closes), "state": state}


def _windows(kind: str, stage: str, level: int, view: SiteView, *, current: bool) -> Iterator[WindowView]:
    for term in view.calendars:
        if not current or term.calendar.starts <= view.today <= term.calendar.ends:
            for seen in term.windows:
                window = seen.window
                same = (kind in window.kinds and window.stage == stage) if kind else window.word == stage
                if same and level in window.levels:
                    yield seen
