"""The site's generated pages: a pure function from values to Markdown, so that any generator can build them.

Templates (`site_theme/pages/*.md`) arrange finished values; they hold no arithmetic and see no record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from licheng.outputs.pages import (
    agency,
    amendments,
    calendars,
    commands,
    contacts,
    duties,
    evaluation,
    feeds,
    forms,
    home,
    news,
    planner,
    regulation,
    rosters,
    rules,
    schemas,
    signing,
    status,
    training,
    working_group,
)
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words

Render = Callable[[str, Mapping[str, Any]], str]
Page = tuple[str, str, Mapping[str, Any]]  # path, template, values

_SECTIONS: tuple[Callable[[SiteView, Words], Iterator[Page]], ...] = (
    home.pages,
    regulation.pages,
    agency.pages,
    calendars.pages,
    planner.pages,
    forms.pages,
    news.pages,
    contacts.pages,
    signing.pages,
    duties.pages,
    status.pages,
    working_group.pages,
    training.pages,
    evaluation.pages,
    amendments.pages,
    rules.pages,
    schemas.pages,
    rosters.pages,
    commands.pages,
)
# The regulation is law in Chinese only; its English summary is written by hand (content/handbook/en/).
_CHINESE_ONLY = frozenset({regulation.pages, amendments.pages})


def pages(view: SiteView, render: Render, words: Words) -> dict[str, str]:
    """All pages and feeds in one language: path → Markdown or iCalendar, in the order of paths.

    A page's values may name its `source`, the file of the repository that it shows (for the edit link and the date),
    and `meta`, front matter for the generator.
    """
    texts = {}
    for section in _SECTIONS:
        if words.short != "zh" and section in _CHINESE_ONLY:
            continue
        for path, template, values in section(view, words):
            meta = ({"source": str(values["source"])} if "source" in values else {}) | dict(values.get("meta", {}))
            written = yaml.dump(meta, Dumper=yaml.CSafeDumper, allow_unicode=True) if meta else ""
            front = f"---\n{written}---\n\n" if meta else ""
            texts[path] = front + render(template, {"w": words.data, "view": view, **values})
    return dict(sorted({**texts, **feeds.files(view, words)}.items()))
