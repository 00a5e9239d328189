"""The home page: the next deadlines, and for each of its readers what is open now, what comes next and where to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import inert, link, table
from licheng.outputs.pages.days import days_left
from licheng.outputs.pages.deadlines import Item, items
from licheng.outputs.pages.levels import by_level
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase
from licheng.policy.deadlines import PARENT, REGISTRY, STUDENT, DeadlineKind

NEXT = 3
_HAND_IN = ("submission", "selection", "confirmation")
# Whom a window concerns: what is done in it, and the kinds of record where it is only some of them.
_READERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "student": (_HAND_IN, ()),
    "teacher": (("certification",), ()),
    "tutor": (("submission",), ("activity", "statement")),
    "units": (("recording", "agency"), ()),
    "parent": (_HAND_IN, ()),
    "university": ((), ()),
}
# Who they are where a rulebook says by name who acts in a window.
_POSTS = {"student": STUDENT, "parent": PARENT, "teacher": "course-teacher", "tutor": "class-tutor"}
# What no window tells them, and whose it is: an audience of 陸, who answers for a row of 伍.五, who hands in (伍.末).
_BESIDES: Mapping[str, tuple[DeadlineKind, str]] = {
    "student": (DeadlineKind.TRAINING, "students"),
    "teacher": (DeadlineKind.TRAINING, "teachers"),
    "tutor": (DeadlineKind.DUTY, "class-tutor"),
    "units": (DeadlineKind.UPLOAD, REGISTRY),
    "parent": (DeadlineKind.TRAINING, "parents"),
}
_TOLD = {DeadlineKind.TRAINING: "training.md", DeadlineKind.DUTY: "duties.md", DeadlineKind.UPLOAD: "duties.md"}


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
        "cards": [_card(name, coming, view, words) for name in _READERS],
    }
    yield "index.md", "home.md", values


def closing(coming: list[Item]) -> list[Item]:
    """The next deadlines of what is open."""
    return [item for item in coming if item.phase is Phase.RUNNING][:NEXT]


def _card(name: str, coming: list[Item], view: SiteView, words: Words) -> Mapping[str, Any]:
    stages, kinds = _READERS[name]
    own = [
        item
        for item in coming
        if (item.stage in stages and (not kinds or item.kinds.intersection(kinds))) or _POSTS.get(name) in item.by
    ]
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
        "besides": _besides(*_BESIDES[name], view, words) if name in _BESIDES else None,
    }


def _besides(kind: DeadlineKind, whose: str, view: SiteView, words: Words) -> Mapping[str, Any] | None:
    """The next day of a kind that concerns somebody, and all that falls on it; None where none is set.

    Of a training its hours (Asia/Taipei) and place as well, where its record tells them.
    """
    own = [
        deadline
        for deadline in view.deadlines
        if deadline.kind is kind
        and deadline.closes >= view.today
        and whose in (deadline.subject, *(owner.id for owner in deadline.owners))
    ]
    if not own:
        return None
    first, names = own[0], view.names(words)
    together = dict.fromkeys(names.subject(deadline) for deadline in own if deadline.closes == first.closes)
    what = str(words.data["text"]["comma"]).join(together)
    hours = "–".join(hour.isoformat("minutes") for hour in (first.at, first.until) if hour is not None)
    shown = Markup(f'<span class="lc-date">{hours}</span>') if hours else ""  # noqa: S704 - digits
    on = Markup(" ").join(filter(None, (words.short_date(first.closes), shown, inert(first.where))))
    return {"label": words.data["home"]["besides"][kind], "what": link(what, _TOLD[kind]), "on": on}
