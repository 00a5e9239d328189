"""The home page: the next deadlines, and for each of its readers what is open now, what comes next and where to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.outputs.inert import link, table
from licheng.outputs.pages.days import days_left
from licheng.outputs.pages.deadlines import Item, items
from licheng.outputs.pages.levels import by_level
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase

NEXT = 3
_HAND_IN = ("submission", "selection", "confirmation")
# Whom a window concerns: stages, and the categories where it is only some of them.
_READERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "student": (_HAND_IN, ()),
    "teacher": (("certification",), ()),
    "tutor": (("submission",), ("activity", "statement")),
    "units": (("recording", "agency"), ()),
    "parent": (_HAND_IN, ()),
    "university": ((), ()),
}


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`index.md`."""
    coming, say, text = items(view, words), words.data["home"], words.data["text"]
    months, weekdays = str(text["months"]).split(), str(text["weekdays"]).split()
    deadlines = [
        {
            "what": link(item.what, item.page),
            "who": item.who,
            "left": days_left(item.closes, view.today, words),
            "iso": item.closes.isoformat(),
            "day": item.closes.day,
            "month": words.say("text", "month", year=item.closes.year, month=months[item.closes.month - 1]),
            "weekday": words.say("text", "on_weekday", weekday=weekdays[item.closes.weekday()]),
        }
        for item in closing(coming)
    ]
    # Whom to ask; nothing where the school publishes nobody.
    contacts = [(label[words.short], value) for label, value in view.contacts]
    values = {
        "meta": {"hide": ["navigation", "toc", "footer"]},
        "demo": view.demo,
        "today": words.short_date(view.today),
        "deadlines": deadlines,
        "contacts": table(say["contacts"], [say["contact_for"], say["contact"]], contacts) if contacts else None,
        "levels": by_level(view, words),
        "cards": [_card(name, coming, words) for name in _READERS],
    }
    yield "index.md", "home.md", values


def closing(coming: list[Item]) -> list[Item]:
    """The next deadlines of what is open."""
    return [item for item in coming if item.phase is Phase.RUNNING][:NEXT]


def _card(name: str, coming: list[Item], words: Words) -> Mapping[str, Any]:
    stages, categories = _READERS[name]
    own = [item for item in coming if item.stage in stages and (not categories or item.category in categories)]
    return {
        "id": name,
        **words.data["home"]["cards"][name],
        "dated": bool(stages),
        "now": [
            {"what": item.what, "on": words.say("home", "to_on", closes=words.short_date(item.closes))}
            for item in closing(own)
        ],
        "next": [
            {"what": item.what, "on": words.say("home", "from_on", opens=words.short_date(item.opens))}
            for item in own
            if item.phase is Phase.COMING
        ][:1],
    }
