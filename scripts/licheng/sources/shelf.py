"""What was read of files: a shelf, and what readers of several commits of one school remember of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from licheng.core.finding import Finding
from licheng.core.record import Record, Text
from licheng.core.student import FileFact

if TYPE_CHECKING:
    from licheng.sources.tree import Entry, Node

_ALWAYS = 1 << 10  # bytes that the shelf of any file takes, be it empty
LARGE = 128 << 10
"""Bytes of a file that takes longer to parse than it takes to open what was kept."""


@dataclass
class Shelf:
    """What was read of one student, or of the school: collected file by file.

    `signed` holds the bytes of signed payloads, of their signatures and of `allowed_signers`, by path.
    """

    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, FileFact] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    texts: list[Text] = field(default_factory=list)
    signed: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def record_count(self) -> int:
        """Records, broken ones included."""
        return sum(map(len, self.records.values())) + sum(map(len, self.broken.values()))

    def add(self, other: Shelf) -> None:
        """Take what was read of other files."""
        for kind, records in other.records.items():
            self.records[kind] += records
        for kind, paths in other.broken.items():
            self.broken[kind] += paths
        self.files |= other.files
        self.texts += other.texts
        self.signed |= other.signed
        self.findings += other.findings
        self.paths += other.paths


class FileReader(Protocol):
    """Who may know already what a file says."""

    def of(self, entry: Entry, read: Callable[[Entry], Shelf]) -> Shelf:
        """What a file says, by `read` where it is not known; nobody may change it."""


class LargeReadings:
    """What large files say, by whoever knows it; to open that takes longer than to parse a small file."""

    def __init__(self, opened: Callable[[], FileReader | None]) -> None:
        """`opened`: asked for the first large file."""
        self._opened = opened

    @cached_property
    def _known(self) -> FileReader | None:
        return self._opened()

    def of(self, entry: Entry, read: Callable[[Entry], Shelf]) -> Shelf:
        """See `FileReader`."""
        return read(entry) if entry.size < LARGE or self._known is None else self._known.of(entry, read)


@dataclass
class Readings:
    """What files say, for whoever reads several commits of one school: most files are the same in all of them.

    A file is known by all that its reading depends on: path, mode, size and git object id. Beyond `most` bytes of
    files, which take about three times as much in memory, nothing more is kept. What came first stays, as the school's
    own records are read before its students.

    Attributes:
        folders: what lies directly in a folder, by its git tree id.
        sizes: of files, in bytes, by their git object ids.
        listed: all files of each student's folder that was listed by itself, with the git tree id that it had last.
    """

    most: int = 8 << 20
    bytes: int = 0
    folders: dict[str, tuple[Node, ...]] = field(default_factory=dict, repr=False)
    sizes: dict[str, int] = field(default_factory=dict, repr=False)
    listed: dict[str, tuple[str, Sequence[Entry]]] = field(default_factory=dict, repr=False)
    _kept: dict[Entry, Shelf] = field(default_factory=dict, repr=False)

    def knows(self, entry: Entry) -> bool:
        """Whether `of` need not read a file."""
        return entry in self._kept

    def of(self, entry: Entry, read: Callable[[Entry], Shelf]) -> Shelf:
        """What a file says, by `read` where it is not known; nobody may change it."""
        known = self._kept.get(entry)
        if known is not None:
            return known
        shelf = read(entry)
        # Of an attachment a few facts are kept, not its bytes; and what a pointer names may come later.
        size = _ALWAYS + (0 if shelf.files else entry.size)
        lasts = entry.blob != "" and not any(fact.pointer for fact in shelf.files.values())
        if lasts and self.bytes + size <= self.most:
            self._kept[entry] = shelf
            self.bytes += size
        return shelf
