"""Rows that can be computed again, kept in one SQLite file that several processes share.

A cache and nothing else. Whatever is wrong with the file (no database, of another program, cut off, locked, read only,
somebody else's) there are simply no rows, and nothing is kept. A row is sealed: what comes back is what was written.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

_TABLE = (
    "create table if not exists row (place text primary key, key blob, needs text, value text, seal blob) without rowid"
)
_LAST = "\U0010ffff"  # behind every letter of a place
_PATIENCE = 2.0  # seconds, while another process writes


class KnownResult(NamedTuple):
    """A value and what it is a value of.

    Attributes:
        key: of all that the value was computed from.
        needs: what else it holds under.
        value: as it was written.
    """

    key: bytes
    needs: str
    value: str


class KeptRows:
    """The rows in a file; nobody but the file's owner may read it, and no other owner's file is believed."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def below(self, top: str) -> dict[str, KnownResult]:
        """The rows whose places begin so, by place."""
        return self._read("select * from row where place >= ? and place < ?", [(top, top + _LAST)])

    def at(self, places: Iterable[str]) -> dict[str, KnownResult]:
        """The rows of these places, by place."""
        return self._read("select * from row where place = ?", ((place,) for place in places))

    def _read(self, query: str, questions: Iterable[tuple[str, ...]]) -> dict[str, KnownResult]:
        """The answers to one query, all of one moment."""
        with suppress(sqlite3.Error, OSError, TypeError, AttributeError):
            if _is_private(self._file):
                with closing(self._connected()) as rows, rows:
                    rows.execute("begin")
                    listed = (row for question in questions for row in rows.execute(query, question))
                    return {place: KnownResult(*row) for place, *row, seal in listed if seal == _seal(place, *row)}
        return {}

    def keep(self, rows: Mapping[str, KnownResult], gone: Iterable[str]) -> None:
        """Add rows, all of them or none, and drop those of places that are no more."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            if _is_private(self._file):
                self._write(rows, gone)
        except sqlite3.OperationalError:  # locked, full, read only: another time
            return
        except sqlite3.DatabaseError:  # no database, or a damaged one: the next check begins it anew
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
        except OSError:
            return

    def _write(self, rows: Mapping[str, KnownResult], gone: Iterable[str]) -> None:
        with closing(self._connected()) as table, table:
            table.execute("pragma synchronous = off")  # what a power failure spoils is seen, and computed again
            table.execute(_TABLE)
            table.executemany("delete from row where place = ?", ((place,) for place in gone))
            sealed = ((place, *row, _seal(place, *row)) for place, row in rows.items())
            table.executemany("insert or replace into row values (?, ?, ?, ?, ?)", sealed)

    def _connected(self) -> sqlite3.Connection:
        """To write, or only to read where the file may not be written: who reads first undoes what was cut off."""
        return sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)

    def clock(self) -> int | None:
        """Now, by the clock of the file system (nanoseconds since 1970, as `st_mtime_ns`); None where none is told."""
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._file.parent) as file:
                file.write(b"\0")
                file.flush()
                return os.fstat(file.fileno()).st_mtime_ns
        return None


def _is_private(file: Path) -> bool:
    status = file.lstat()
    own = os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    return stat.S_ISREG(status.st_mode) and own


def _seal(place: str, key: bytes, needs: str, value: str) -> bytes:
    parts = (place.encode("utf-8", "surrogateescape"), key, needs.encode(), value.encode())
    sealed = blake2b(digest_size=16)
    for part in parts:
        sealed.update(len(part).to_bytes(8, "big"))
        sealed.update(part)
    return sealed.digest()
