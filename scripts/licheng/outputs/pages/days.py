"""How many days are left: counted when the site is built, and again by the reader's browser."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from licheng.outputs.words import Words


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
