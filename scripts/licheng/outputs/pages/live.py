"""Pieces of pages that are made from the records and stand in the midst of pages written by hand.

A hand-written page says where: `<!-- live: limits -->` on a line of its own. So a date or a limit is typed once, in the
record that it comes from.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any

from licheng.outputs.pages.levels import by_level
from licheng.outputs.pages.limits import limits
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words

_MARK = re.compile(r"^<!-- live: ([a-z-]+) -->$", re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)(?=[^)]+\.md)")


def pieces(view: SiteView, render: Callable[[str, Mapping[str, Any]], str], words: Words) -> dict[str, str]:
    """Each piece by name, as Markdown whose links start at the site's root."""
    values = {"limits": limits(view, words), "levels": by_level(view, words)}
    return {name: render(f"live-{name}.md", {"w": words.data, name: value}) for name, value in values.items()}


def fill(text: str, path: str, known: Mapping[str, str]) -> str:
    """A hand-written page with its pieces in place.

    Args:
        text: its Markdown.
        path: where it lies below the site's root, for the pieces' links.
        known: the pieces by name.

    Raises:
        KeyError: it names a piece that there is not.
    """
    up = posixpath.relpath(".", posixpath.dirname(path) or ".")
    prefix = "" if up == "." else f"{up}/"
    return _MARK.sub(lambda mark: _LINK.sub(prefix, known[mark[1]]), text)
