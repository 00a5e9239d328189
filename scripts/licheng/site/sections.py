"""The sections of a page as the theme's search plugin cuts them, in a fifth of its time.

The plugin reads a page with Python's forgiving parser and keeps tags that our search has no use for. Of what Markdown
writes one expression tells tags from text; a test compares what both find.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from material.plugins.search.plugin import SearchIndex
from mkdocs.structure.pages import Page

_TAG = re.compile(
    r"<!--.*?-->|<(script|style|object)\b.*?</\1\s*>"
    r"""|<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<given>(?:"[^"]*"|'[^']*'|[^"'>])*)>""",
    re.DOTALL | re.IGNORECASE,
)
_ID = re.compile(r"""\sid=["']?([^"'\s>]+)""")
_OUT = re.compile(r'\s(?:data-search-exclude\b|class="linenodiv")')
_LINK = 'class="headerlink"'
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARTING = frozenset({"p", "pre", "li", "ol", "ul"})  # no word goes on behind one of these
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905


@dataclass
class Section:
    """A heading that has an id, and what follows it.

    Attributes:
        level: the heading's tag; none for what stands before the first.
        depth: how many elements are open there, the heading among them.
        id: the heading's, unless the page begins with it.
        out: it is not to be found.
        title: pieces of HTML without tags, as `text`.
    """

    level: str
    depth: int
    id: str | None = None
    out: bool = False
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Reading:
    """A page up to some place: its sections, the tags that are open, and those within which nothing is read."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._now = Section("", 0)
        self._open: list[str] = []
        self._past: set[str] = set()

    def start(self, tag: str, given: str) -> None:
        if tag in _EMPTY:
            return
        self._open.append(tag)
        self._enter(tag, given)
        if _OUT.search(given) or _LINK in given:
            self._past.add(tag)
        elif tag in _PARTING:
            self.say(" ")
        if given.endswith("/"):
            self.end(tag)

    def _enter(self, tag: str, given: str) -> None:
        depth, named = len(self._open), _ID.search(given) if tag in _HEADINGS else None
        if named is not None:
            if not self.sections and tag != "h1":
                self.sections.append(Section("", depth))
            id_ = html.unescape(named[1]) if self.sections else None
            self._now = Section(tag, depth, id_, _OUT.search(given) is not None)
            self.sections.append(self._now)
        elif not self.sections:
            self.sections.append(self._now)

    def end(self, tag: str) -> None:
        depth = len(self._open)
        if not depth or self._open[-1] != tag:
            return
        if self._now.depth > depth:  # the heading was within this element: what follows belongs to one before
            self._now = next((one for one in reversed(self.sections) if one.depth <= depth), self._now)
        self._open.pop()
        self._past.discard(tag)
        if tag in _PARTING:
            self.say(" ")

    def say(self, text: str) -> None:
        if self._past.isdisjoint(self._open):
            (self._now.title if self._now.level in self._open else self._now.text).append(text)


def sections(page: str) -> Sequence[Section]:
    """The sections of a page's HTML in its order, first what stands before the first heading, if anything does."""
    reading, at = _Reading(), 0
    for part in _TAG.finditer(page):
        reading.say(page[at : part.start()])
        at = part.end()
        if part["end"]:
            reading.end(part["tag"])
        elif part["tag"]:
            reading.start(part["tag"], part["given"])
    reading.say(page[at:])
    return reading.sections


class Index(SearchIndex):  # type: ignore[misc] # the theme brings no types
    """The theme's index, which learns of the sections here."""

    def add_entry_from_context(self, page: Page) -> None:
        """Add what is to be found of a page."""
        if (page.meta.get("search") or {}).get("exclude"):
            return
        for section in sections(page.content or ""):
            if not section.out:
                self.create_entry_for_section(section, page.toc, page.url, page)
