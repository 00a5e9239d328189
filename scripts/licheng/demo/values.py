"""The values that the demo passes around: a planned commit, a planted fault, and the tool's own trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


class DemoError(Exception):
    """The demo could not be planned or written; the message says why."""


@dataclass(frozen=True)
class PlannedCommit:
    """One commit of the invented school's history.

    Attributes:
        author_id: The pseudonym of a member of staff (``t012``) or of a student (``s1130007``).
        when: The moment of the commit, in Asia/Taipei.
        message: What was done, in English.
        files: The bytes of every path that the commit writes.
        removals: The paths that the commit removes.
    """

    author_id: str
    when: datetime
    message: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    removals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Special:
    """One course output with a story: what happened to it, and what it therefore is.

    Attributes:
        name: The story: ``returned``, ``stale``, ``retired-key`` …
        item: The item's folder, from the top of the repository.
        state: What the item is at the end: ``certified``, ``returned``, ``revoked``, ``stale`` or ``draft``.
    """

    name: str
    item: str
    state: str


@dataclass(frozen=True)
class PlantedFault:
    """One fault that was planted on purpose, and where a check should find it.

    Attributes:
        code: The code of the finding that the fault should cause.
        path: The file in which it is found, from the top of the repository.
        line: The line in that file, counted from 1.
        note: What was done, in English.
    """

    code: str
    path: str
    line: int
    note: str
