"""The home page: the next deadlines, and for each of its readers what is open now, what comes next and where to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import link, table
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
    coming = items(view, words)
    values = {
        "meta": {"hide": ["navigation", "toc", "footer"]},
        "demo": view.demo,
        "today": words.short_date(view.today),
        "deadlines": [_deadline(item, words) for item in closing(coming)],
        "contacts": _contacts(view, words),
        "levels": by_level(view, words),
        "cards": [_card(name, coming, words) for name in _READERS],
    }
    yield "index.md", "home.md", values


def closing(coming: list[Item]) -> list[Item]:
    """The next deadlines of what is open."""
    return [item for item in coming if item.phase is Phase.RUNNING][:NEXT]


def _contacts(view: SiteView, words: Words) -> Markup | None:
    """Whom to ask; nothing where the school publishes nobody."""
    rows = [(label[words.short], value) for label, value in view.contacts]
    heads = [words.data["home"]["contact_for"], words.data["home"]["contact"]]
    return table(words.data["home"]["contacts"], heads, rows) if rows else None


def _deadline(item: Item, words: Words) -> Mapping[str, Any]:
    on, text = item.closes, words.data["text"]
    return {
        "what": link(item.what, item.page),
        "who": item.who,
        "iso": on.isoformat(),
        "day": on.day,
        "month": words.say("text", "month", year=on.year, month=str(text["months"]).split()[on.month - 1]),
        "weekday": words.say("text", "on_weekday", weekday=str(text["weekdays"]).split()[on.weekday()]),
    }


def _card(name: str, coming: list[Item], words: Words) -> Mapping[str, Any]:
    own = [item for item in coming if _concerns(name, item)]
    return {
        "id": name,
        **words.data["home"]["cards"][name],
        "dated": bool(_READERS[name][0]),
        "now": [_now(item, words) for item in own if item.phase is Phase.RUNNING][:NEXT],
        "next": [_next(item, words) for item in own if item.phase is Phase.COMING][:1],
    }


def _concerns(name: str, item: Item) -> bool:
    stages, categories = _READERS[name]
    return item.stage in stages and (not categories or item.category in categories)


def _now(item: Item, words: Words) -> Mapping[str, Any]:
    return {"what": item.what, "on": words.say("home", "to_on", closes=words.short_date(item.closes))}


def _next(item: Item, words: Words) -> Mapping[str, Any]:
    return {"what": item.what, "on": words.say("home", "from_on", opens=words.short_date(item.opens))}
