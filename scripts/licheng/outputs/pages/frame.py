"""What stands around every page: the announcement."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from licheng.outputs.pages.deadlines import items
from licheng.outputs.pages.home import closing
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words


@dataclass(frozen=True)
class Announcement:
    """The bar above every page: a notice if the school is invented, the next deadline, and the page that tells more."""

    notice: Markup
    deadline: Markup
    page: str


def announcement(view: SiteView, words: Words) -> Announcement:
    """As of the view's day."""
    notice = words.data["frame"]["demo"] if view.demo else Markup("")
    due = closing(items(view, words))
    if not due:
        return Announcement(notice, words.data["frame"]["nothing"], "calendar/index.md")
    deadline = words.say("frame", "closing", on=words.short_date(due[0].closes), what=due[0].what)
    return Announcement(notice, deadline, due[0].page)
