"""A page's sections as the theme's search finds them, in less time on HTML as Markdown writes it.

A page that is written in any other way, or holds what Python's HTML parser reads in a way of its own, is left to the
theme's own parser.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from html import escape, unescape

from material.plugins.search.plugin import Element, Parser, Section, void

# Text, or a tag with attributes in quotes that hold neither < nor >.
_TOKEN = re.compile(
    r"""([^<]+)|<(?:/([a-z][a-z0-9-]*)|([a-z][a-z0-9-]*)((?:\s+[a-z:_][-a-z0-9:._]*(?:="[^"<>]*")?)*)\s*(/?))>""",
    re.ASCII,
)
_ATTRIBUTE = re.compile(r'([^\s="]+)(?:="([^"]*)")?')
# What stands within these is text to some parsers.
_RAW = re.compile(
    r"<(?:iframe|noembed|noframes|noscript|object|plaintext|script|style|textarea|title|xmp)\b", re.IGNORECASE
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KEPT = frozenset({"p", "code", "pre", "li", "ol", "ul", "sub", "sup"})


def sections(html: str) -> list[Section]:
    """The sections of a page's content, in order."""
    reader, read = _Sections(), 0
    for token in _TOKEN.finditer(html) if _RAW.search(html) is None else ():
        if token.start() != read:
            break
        read = token.end()
        text, closed, opened, attributes, at_once = token.groups()
        if text is not None:
            reader.text(unescape(text) if "&" in text else text)
        if opened is not None:
            reader.start(opened, attributes)
        if closed is not None or at_once:
            reader.end(closed or opened)
    if read == len(html):
        return reader.sections
    parser = Parser()
    parser.feed(html)
    parser.close()
    return list(parser.data)


class _Sections:
    """What the theme's parser does, on tags by their names: to it as well, one element is as another of its name."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._open: list[str] = []
        self._permalinks: list[bool] = []  # of what is open, whether it is one
        self._hidden = set[str]()

    def _begin(self, tag: str, depth: int, attributes: Mapping[str, str] | None = None) -> None:
        self._section = Section(Element(tag, attributes), depth)
        self.sections.append(self._section)

    def _words(self) -> list[str]:
        """Where words go now."""
        section = self._section
        words: list[str] = section.title if section.el.tag in self._open else section.text
        return words

    def start(self, tag: str, text: str) -> None:
        """A tag that opens, with its attributes."""
        if tag in void:
            return
        self._open.append(tag)
        telling = tag in _HEADINGS or "search-exclude" in text or "linenodiv" in text or "headerlink" in text
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)} if telling else {}
        self._permalinks.append(tag == "a" and attributes.get("class") == "headerlink")
        if tag in _HEADINGS and "id" in attributes:
            if tag != "h1" and not self.sections:
                self._begin("hx", len(self._open))
            later = bool(self.sections)
            self._begin(tag, len(self._open), attributes)
            self._section.id = attributes["id"] if later else None
        if not self.sections:
            self._begin("hx", 0)
        if "data-search-exclude" in attributes or attributes.get("class") == "linenodiv":
            self._hidden.add(tag)
        elif tag in _KEPT and self._hidden.isdisjoint(self._open):
            self._words().append(f"<{tag}>")

    def end(self, tag: str) -> None:
        """A tag that closes; what was not the last to open is passed over."""
        if not self._open or self._open[-1] != tag:
            return
        section, depth = self._section, len(self._open)
        if section.depth > depth:  # a heading within something that ends: what was before it goes on
            self._section = next((each for each in reversed(self.sections) if each.depth <= depth), section)
            section.depth = math.inf if self._section is not section else section.depth
        self._open.pop()
        self._permalinks.pop()
        if tag in self._hidden:
            self._hidden.remove(tag)
        elif tag in _KEPT and self._hidden.isdisjoint(self._open):
            words = self._words()
            first = words.index(f"<{tag}>")
            if all(word.isspace() for word in words[first + 1 :]):
                del words[first:]
            else:
                words.append(f"</{tag}>")

    def text(self, text: str) -> None:
        """What stands between two tags."""
        if not self._hidden.isdisjoint(self._open):
            return
        if not self.sections:
            self._begin("hx", 0)
        if "pre" not in self._open:
            text = " " if text.isspace() else text.replace("\n", " ")
        section = self._section
        if section.el.tag in self._open:
            if True not in self._permalinks:
                section.title.append(escape(text, quote=False))
        elif not text.isspace():
            section.text.append(escape(text, quote=False))
        elif not section.text or not section.text[-1].isspace() or "pre" in self._open:
            section.text.append(text)
