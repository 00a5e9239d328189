"""What depends on the day: told as of the build, and told anew by the reader's browser."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from licheng.outputs.inert import inert
from licheng.outputs.pages.view import CHIPS
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase

_LIVE = (Phase.COMING, Phase.RUNNING, Phase.ENDED)


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


def phase_chip(opens: date, closes: date, phase: Phase, words: Words) -> Markup:
    """Where something stands by its first and last day (Asia/Taipei), as of the build.

    The attributes hold both days, and the words and the shape of each phase, from which `site_theme/assets/licheng.js`
    says it anew.
    """
    live = (f'data-lc-{name}="{inert(words.label("phases", name))}/{CHIPS[name]}"' for name in _LIVE)
    days = f'data-lc-opens="{opens.isoformat()}" data-lc-until="{closes.isoformat()}"'
    return Markup(  # noqa: S704 - our own words
        f'<span class="lc-chip lc-chip--{CHIPS[phase]}" {days} {" ".join(live)}>'
        f"{inert(words.label('phases', phase))}</span>"
    )
