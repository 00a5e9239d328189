"""What stands within a line of Markdown, found in less time: most text holds none of the marks that it begins with."""

from __future__ import annotations

from markdown import Markdown, inlinepatterns
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

# What each of these patterns cannot do without; any other is looked for as ever. References begin as links do.
_NEEDED = {
    inlinepatterns.BACKTICK_RE: "`",
    inlinepatterns.ESCAPE_RE: "\\",
    inlinepatterns.LINK_RE: "[",
    inlinepatterns.IMAGE_LINK_RE: "![",
    inlinepatterns.AUTOLINK_RE: "<",
    inlinepatterns.AUTOMAIL_RE: "<",
    inlinepatterns.LINE_BREAK_RE: "  \n",
    inlinepatterns.HTML_RE: "<",
    inlinepatterns.ENTITY_RE: "&",
}


class QuickInline(InlineProcessor):  # type: ignore[misc]
    """Asks of a text only the patterns whose mark is in it."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._sought = [(pattern, _NEEDED.get(getattr(pattern, "pattern", ""), "")) for pattern in md.inlinePatterns]

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        """As its own, whose name this is to Python."""
        start = 0
        while patternIndex < len(self._sought) and not isinstance(data, AtomicString):
            pattern, needed = self._sought[patternIndex]
            is_there = False
            if needed in data:
                data, is_there, start = self._InlineProcessor__applyPattern(pattern, data, patternIndex, start)
            if not is_there:
                patternIndex, start = patternIndex + 1, 0  # noqa: N806
        return data


def quicken(md: Markdown) -> Markdown:
    """Let a converter whose patterns are all registered look for them so."""
    md.treeprocessors.register(QuickInline(md), "inline", 20)
    return md
