"""The same page in the other language, or the nearest one that exists there."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from posixpath import dirname, join


@dataclass(frozen=True)
class Twin:
    """Where the language switch of a page leads: relative address, and whether that is the same page."""

    url: str
    same: bool


def nearest(path: str, there: Container[str]) -> str:
    """The page itself, else the index of its folder, or of the one above, up to the home page."""
    if path in there:
        return path
    folder = dirname(path)
    while folder:
        if (index := join(folder, "index.md")) in there:
            return index
        folder = dirname(folder)
    return "index.md"
