"""How many days are left, and what is open: said when the site is built, and anew by the reader's browser."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from licheng.outputs.pages.view import CHIPS
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase, phase_on


def days_left(closes: date, today: date, words: Words) -> Markup:
    """The days until a last day (Asia/Taipei), as of the build.

    The attributes hold the day and the words from which `site_theme/assets/licheng.js` says it anew; without a script
    the page says what was so when it was built, beside the day itself.
    """
    left, say = (closes - today).days, words.data["days"]
    shown = words.say("days", "left", days=left) if left > 0 else say["today" if left == 0 else "over"]
    attributes = (f'data-lc-{name}="{say[name]}"' for name in ("left", "today", "over"))
    return Markup(  # noqa: S704 - our own words
        f'<span class="lc-left" data-lc-closes="{closes.isoformat()}" {" ".join(attributes)}>{shown}</span>'
    )


def phase_chip(opens: date, closes: date, today: date, words: Words) -> Markup:
    """Where something with a first and a last day (Asia/Taipei) stands; the browser says it anew."""
    states = {
        phase: f"{CHIPS[phase]} {words.label('phases', phase)}" for phase in (Phase.COMING, Phase.RUNNING, Phase.ENDED)
    }
    shape, _, shown = states[phase_on(opens, closes, today)].partition(" ")
    days = f'data-lc-first="{opens.isoformat()}" data-lc-last="{closes.isoformat()}"'
    attributes = " ".join(f'data-lc-{phase}="{state}"' for phase, state in states.items())
    return Markup(f'<span class="lc-chip lc-chip--{shape}" {days} {attributes}>{shown}</span>')  # noqa: S704 - our own words
