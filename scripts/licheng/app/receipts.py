"""The receipt log: what a server received, from whom and when; each line names the one before it, none is ever changed.

A line is one JSON object. The time at which the very same content was first received is the time that counts for every
window (肆.一), so that neither a review nor a lost race makes anything late.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from licheng.app import trust
from licheng.core.errors import LichengError

try:
    import fcntl
except ImportError:  # Windows, which is no server
    fcntl = None  # type: ignore[assignment]

_FOLDER, _NAME = "licheng", "receipts.jsonl"
_START = "0" * 64
_TAIL = 1 << 16


@dataclass(frozen=True)
class ReceiptLog:
    """The log of one server's repository."""

    path: Path

    @classmethod
    def of(cls, git_folder: Path) -> ReceiptLog:
        """The log beside a repository's objects."""
        return cls(git_folder / _FOLDER / _NAME)

    def entries(self) -> Iterator[dict[str, Any]]:
        """All lines in their order.

        Raises:
            LichengError: APP093, a line does not follow from the one before it: somebody changed the log.
        """
        previous = _START
        for number, line in enumerate(self._lines(), start=1):
            entry = _read(line)
            if entry is None or entry.get("previous") != previous or entry.get("sequence") != number:
                raise LichengError("APP093", path=str(self.path), line=number)
            previous = hashlib.sha256(line).hexdigest()
            yield entry

    def first_received(self, digests: frozenset[str]) -> dict[str, datetime]:
        """When each of these contents was first received, UTC; those never seen are left out."""
        found: dict[str, datetime] = {}
        for entry in self.entries() if digests else ():
            for digest in digests.intersection(entry.get("things", {}).values()):
                found.setdefault(digest, trust.instant(entry["at"]))
        return found

    def append(self, at: datetime, event: str, **said: Any) -> dict[str, Any]:
        """Write one line; it is on the disk before this returns.

        Args:
            at: UTC.
            event: `received` or `landed`.
            said: whatever else is to be known, as JSON.
        """
        with self._alone() as file:
            before = _last(file)
            sequence = _read(before)["sequence"] + 1 if before else 1  # type: ignore[index]
            previous = hashlib.sha256(before).hexdigest() if before else _START
            entry = {"sequence": sequence, "at": trust.written(at), "event": event, "previous": previous, **said}
            os.write(file, json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            os.fsync(file)
        return entry

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """One writer at a time; what a writer that was killed left unfinished is no line, and goes."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            _drop_unfinished(file)
            yield file
        finally:
            os.close(file)

    def _lines(self) -> Iterator[bytes]:
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _tail(file: int) -> bytes:
    """The end of the file, from a line's beginning on where that is near."""
    size, length = os.fstat(file).st_size, _TAIL
    while True:
        start = max(0, size - length)
        data = os.pread(file, size - start, start)
        if start == 0 or data.rstrip(b"\n").count(b"\n"):
            return data
        length *= 4


def _drop_unfinished(file: int) -> None:
    data = _tail(file)
    if data and not data.endswith(b"\n"):
        os.ftruncate(file, os.fstat(file).st_size - len(data) + data.rfind(b"\n") + 1)


def _last(file: int) -> bytes:
    """The last line, with its end; empty where there is none."""
    data = _tail(file)
    return data[data.rstrip(b"\n").rfind(b"\n") + 1 :]
