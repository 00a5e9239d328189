"""Where something stands: symbolic (`Place`) until it is printed (`Location`)."""

from __future__ import annotations

from typing import NamedTuple

Pointer = tuple[str | int, ...]


class Location(NamedTuple):
    """A point in a file: path from the repository's root, 1-based line and column (in characters)."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Place(NamedTuple):
    """A symbolic place in a file.

    Attributes:
        path: the file, from the repository's root.
        text: the file's text, from which the location is computed when it is needed; empty if unreadable.
        pointer: keys and indexes to a value in the file's data; where a part is missing, the place is the
            nearest parent that exists.
        on_key: the place is the key, not the value.
        offset: a character of the text; it goes before the pointer.
    """

    path: str
    text: str = ""
    pointer: Pointer = ()
    on_key: bool = False
    offset: int | None = None


def at_offset(path: str, text: str, offset: int) -> Location:
    """The location of the character `offset` of a file's text."""
    before = text[:offset]
    return Location(path, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)
