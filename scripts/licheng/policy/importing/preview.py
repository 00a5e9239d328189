"""What an import would do, for people; and a first mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from licheng.core.report import LocatedFinding
from licheng.policy.importing.difference import Change
from licheng.policy.importing.kinds import Column


@dataclass(frozen=True)
class RecordChange:
    """What the file changes in a record, or adds as one.

    Attributes:
        path: of the record.
        is_new: there was none.
        changes: values.
        gone: entries that the file lacks; they stay.
        keeps_comments: the record was changed in place; else it is written anew, without its comments.
        rows: file and row of what it comes from.
    """

    path: str
    is_new: bool
    changes: Sequence[Change]
    gone: Sequence[tuple[str, ...]]
    keeps_comments: bool
    rows: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Preview:
    """What an import would do.

    Attributes:
        records: what becomes of each record that the file tells of, by path; of those that stay as they are, too.
        gone: paths of records that the file lacks; they stay.
        faults: errors that the school would have by it, and has not yet.
    """

    records: Sequence[RecordChange]
    gone: Sequence[str]
    faults: Sequence[LocatedFinding] = ()

    @property
    def new(self) -> list[RecordChange]:
        """Records that are not there yet."""
        return [record for record in self.records if record.is_new]

    @property
    def changed(self) -> list[RecordChange]:
        """Records in which something is different."""
        return [record for record in self.records if record.changes and not record.is_new]

    @property
    def same(self) -> int:
        """How many records stay as they are."""
        return sum(not record.changes for record in self.records)


class GuessedColumn(NamedTuple):
    """A column that a heading was found for.

    Attributes:
        column: ours.
        place: its letter.
        heading: the school's.
        samples: shapes of a few of its cells.
    """

    column: Column
    place: str
    heading: str
    samples: tuple[str, ...]


class GuessedMap(NamedTuple):
    """A first mapping.

    Attributes:
        text: the mapping file.
        sheet: which it is about.
        columns: what was found.
        lacking: needed columns that nothing was found for.
        unused: headings that nothing was made of.
    """

    text: str
    sheet: str
    columns: Sequence[GuessedColumn]
    lacking: Sequence[Column]
    unused: Sequence[str]
