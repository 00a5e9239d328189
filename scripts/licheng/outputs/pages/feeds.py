"""The calendar feeds as files of the site, one a role that has any deadline, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from licheng.outputs.inert import link
from licheng.outputs.naming import plain
from licheng.outputs.pages.ical import feed
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.deadlines import Deadline
from licheng.policy.roles import PARENTS, STUDENTS, TEACHERS, of_role


def files(view: SiteView, words: Words) -> dict[str, str]:
    """`feeds/<role>.ics`: RFC 5545 text by path from the site's root."""
    names = view.names(words)
    texts: dict[str, str] = {}
    for role, deadlines in _filled(view):
        title = plain(words.say("feeds", "title", role=_name(role, view, words)))
        texts[f"feeds/{role}.ics"] = feed(title, deadlines, view.stamp, names)
    return texts


def _filled(view: SiteView) -> Iterator[tuple[str, tuple[Deadline, ...]]]:
    for role, owners in view.roles.items():
        deadlines = of_role(view.deadlines, owners)
        if deadlines:
            yield role, deadlines


def _name(role: str, view: SiteView, words: Words) -> str:
    if role in (STUDENTS, PARENTS, TEACHERS):
        return plain(words.label("feeds", role))
    return view.units[role][words.short]


def links(view: SiteView, words: Words) -> list[Markup]:
    """For each feed, from a page in the folder of the calendar: a button that subscribes, and the file itself.

    The button leads to the file too where no script runs; the site's own script makes `webcal:` of it, as only the
    browser knows where the site is served.
    """
    buttons = []
    for role, _ in _filled(view):
        name, file = _name(role, view, words), f"../feeds/{role}.ics"
        say = words.say("feeds", "subscribe", role=name)
        button = Markup(f"[{say}]({file}){{ .md-button .lc-subscribe data-lc-webcal }}")  # noqa: S704 - inert
        buttons.append(Markup(f"{button} {link(words.say('feeds', 'file', role=name), file)}"))  # noqa: S704 - inert
    return buttons
