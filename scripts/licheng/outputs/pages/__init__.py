"""The site's generated pages: a pure function from values to Markdown, so that any generator can build them.

Templates (`site_theme/pages/*.md`) arrange finished values; they hold no arithmetic and see no record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from licheng.outputs.pages import (
    agency,
    amendments,
    calendars,
    duties,
    evaluation,
    feeds,
    regulation,
    rules,
    schemas,
    status,
    training,
    working_group,
)
from licheng.outputs.pages.view import SiteView
from licheng.outputs.pages.words import Words

Render = Callable[[str, Mapping[str, Any]], str]
Page = tuple[str, str, Mapping[str, Any]]  # path, template, values

_SECTIONS: tuple[Callable[[SiteView, Words], Iterator[Page]], ...] = (
    regulation.pages,
    agency.pages,
    calendars.pages,
    duties.pages,
    status.pages,
    working_group.pages,
    training.pages,
    evaluation.pages,
    amendments.pages,
    rules.pages,
    schemas.pages,
)


def pages(view: SiteView, render: Render, words: Words) -> dict[str, str]:
    """All pages and feeds in one language: path from the site's root → Markdown or iCalendar, in the order of paths."""
    made = {
        path: render(template, {"w": words.data, "view": view, **values})
        for section in _SECTIONS
        for path, template, values in section(view, words)
    }
    return dict(sorted({**made, **feeds.files(view, words)}.items()))
