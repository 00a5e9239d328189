"""A record: one file of the school, read and parsed, that always knows its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from licheng.core.location import Place
from licheng.core.term import Term

# What a draft says where a person still has to say something.
TO_FILL = "待填"


class Text(NamedTuple):
    """The text of any file that people may read, whether or not it is a right record."""

    path: str
    text: str

    def at_offset(self, offset: int) -> Place:
        """The place of a character."""
        return Place(self.path, self.text, offset=offset)


class Record(NamedTuple):
    """One file of the school.

    Attributes:
        path: from the repository's root; the record's identity.
        kind: what it is, a name of `licheng.core.layout.KINDS`.
        identity: what the path says: cohort, student, term, year, slug, date, …
        data: the YAML (or front matter) as parsed; read only.
        text: the whole file.
        body_start: the offset at which the Markdown body begins; the text's length in a YAML file.
    """

    path: str
    kind: str
    identity: Mapping[str, str]
    data: Mapping[str, Any]
    text: str
    body_start: int

    @property
    def body(self) -> str:
        """The Markdown text below the front matter."""
        return self.text[self.body_start :]

    @property
    def folder(self) -> str:
        """The folder that the record stands in, without a final slash."""
        return self.path.rpartition("/")[0]

    @property
    def slug(self) -> str:
        """The record's own name in its path."""
        return self.identity.get("slug", "")

    @property
    def term(self) -> Term | None:
        """The term that the path names, if any."""
        term = self.identity.get("term")
        return Term.parse(term) if term is not None else None

    @property
    def year(self) -> int | None:
        """The school year that the path names, directly or by its term."""
        if (year := self.identity.get("year")) is not None:
            return int(year)
        term = self.term
        return term.year if term is not None else None

    def at(self, *pointer: str | int) -> Place:
        """The place of a value; a missing field points at its parent."""
        return Place(self.path, self.text, pointer)

    def at_key(self, *pointer: str | int) -> Place:
        """The place of a key."""
        return Place(self.path, self.text, pointer, on_key=True)

    def at_offset(self, offset: int) -> Place:
        """The place of a character of the file's text."""
        return Place(self.path, self.text, offset=offset)
