"""A tree that notes all that is asked of it, with the answers: what a value computed from it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b

from licheng.core.layout import HANDBOOK, MOST_BYTES_OF_ALL
from licheng.core.record import Record, Text
from licheng.sources.kept import KnownResult
from licheng.sources.shelf import FileReader, Shelf
from licheng.sources.tree import REGULAR, Entry, Tree

_RECORDS = (".md", ".yaml")


class NotingTree:
    """A tree that notes all that is asked of it, with the answers; the same file asked for again is one question."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.lfs_store = tree.lfs_store
        self.cache = tree.cache
        self.readings: FileReader | None = None
        self._noted = blake2b(digest_size=32)
        self._last: tuple[Entry, bytes] | None = None

    def _note(self, *what: object) -> None:
        self._noted.update(repr(what).encode())

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """See `Tree`."""
        for entry in self.tree.entries(prefix, without):
            self._note(*entry)
            yield entry

    def folders(self, prefix: str) -> list[str]:
        """See `Tree`."""
        names = self.tree.folders(prefix)
        self._note(prefix, names)
        return names

    def read(self, entry: Entry) -> bytes:
        """See `Tree`."""
        if self._last is None or self._last[0] != entry:
            data = self.tree.read(entry)
            self._note(entry.path, blake2b(data).digest())
            self._last = entry, data
        return self._last[1]

    @property
    def digest(self) -> bytes:
        """Of all questions and answers so far."""
        return self._noted.digest()


class KeptReadings:
    """The school's records as they were parsed before, each by its path and bytes and by the program.

    JSON, which makes nothing but plain values; only what comes back as it was is kept.

    Attributes:
        tree: notes what is read.
        rows: from earlier checks, by path.
        fresh: what they did not know, by path.
        paths: of all records that were asked for.
    """

    def __init__(self, tree: NotingTree, rows: Mapping[str, KnownResult], program: bytes) -> None:
        """Begin to read; `program` is a digest of what parses."""
        self.tree = tree
        self.rows = rows
        self.fresh: dict[str, KnownResult] = {}
        self.paths: set[str] = set()
        self._program = program

    def of(self, entry: Entry, read: Callable[[Entry], Shelf]) -> Shelf:
        """See `FileReader`."""
        plain = entry.mode == REGULAR and entry.size <= MOST_BYTES_OF_ALL and entry.path.endswith(_RECORDS)
        if not plain or entry.path.startswith(f"{HANDBOOK}/"):
            return read(entry)
        data = self.tree.read(entry)
        self.paths.add(entry.path)
        seen = repr((self._program, entry.path, entry.size)).encode()
        key = blake2b(blake2b(data).digest() + seen, digest_size=32).digest()
        row = self.rows.get(entry.path)
        if row is not None and row.key == key:
            return _restored(entry.path, row.value, data)
        shelf = read(entry)
        for record in next(iter(shelf.records.values()), []):
            value = json.dumps([record.kind, record.identity, record.data, record.body_start])
            if repr(_restored(entry.path, value, data)) == repr(shelf):
                self.fresh[entry.path] = KnownResult(key, "{}", value)
        return shelf


def _restored(path: str, value: str, data: bytes) -> Shelf:
    kind, identity, parsed, body_start = json.loads(value)
    shelf = Shelf(texts=[Text(path, data.decode())], paths=[path])
    shelf.records[kind].append(Record(path, kind, identity, parsed, shelf.texts[0].text, body_start))
    return shelf
