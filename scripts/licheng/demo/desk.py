"""Collects what is written, by whom and when, and deals it out as commits in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from licheng.demo.clock import moment
from licheng.demo.values import PlannedCommit


@dataclass(frozen=True, order=True)
class DeskSheet:
    """What goes into one commit: a day, an author and a message."""

    on: date
    author: str
    message: str

    @property
    def when(self) -> datetime:
        """The moment of the commit."""
        return moment(self.on, self.author, self.message)


class Desk:
    """The writes of a whole plan, gathered by sheet."""

    def __init__(self) -> None:
        self._sheets: dict[DeskSheet, dict[str, bytes]] = {}

    def put(self, sheet: DeskSheet, path: str, data: bytes) -> None:
        """Write a file on a sheet."""
        self._sheets.setdefault(sheet, {})[path] = data

    def commits(self) -> list[PlannedCommit]:
        """Return one commit for each sheet, the earliest first."""
        commits = [
            PlannedCommit(sheet.author, sheet.when, sheet.message, files) for sheet, files in self._sheets.items()
        ]
        return sorted(commits, key=lambda commit: (commit.when, commit.author_id, commit.message))
