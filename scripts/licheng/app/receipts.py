"""The receipt log: what a server received, from whom and when; each line names the one before it, none is ever changed.

A line is one JSON object. The time at which the very same content was first received is the time that counts for every
window (肆.一), so that neither a review nor a lost race makes anything late.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
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

    def first_received(self, things: Mapping[str, str]) -> dict[str, datetime]:
        """When each of these contents was first received at its place, UTC; those never seen are left out.

        Args:
            things: path → SHA-256. The same content at another place is another thing: a copy is not in time because
                what it was copied from was.
        """
        found: dict[str, datetime] = {}
        for entry in self.entries() if things else ():
            for path, _ in things.items() & entry.get("things", {}).items():
                found.setdefault(path, trust.instant(entry["at"]))
        return found

    def append(self, at: datetime, event: str, **said: Any) -> dict[str, Any]:
        """Write one line; it is on the disk before this returns.

        Args:
            at: UTC.
            event: `received` or `landed`.
            said: whatever else is to be known, as JSON.

        Raises:
            LichengError: APP093, the last line is none; APP150, the line could not be written as a whole.
        """
        with self._alone() as file:
            before = _last(file)
            last = _read(before) if before else {"sequence": 0}
            if last is None or not isinstance(last.get("sequence"), int):
                raise LichengError("APP093", path=str(self.path), line="-")
            previous = hashlib.sha256(before).hexdigest() if before else _START
            entry = {"sequence": last["sequence"] + 1, "at": trust.written(at), "event": event}
            entry |= {"previous": previous, **said}
            self._write(file, json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        return entry

    def _write(self, file: int, line: bytes) -> None:
        """A whole line, or none: a full disk takes a part of it and says nothing (write(2))."""
        try:
            done = os.write(file, line)
            os.fsync(file)
        except OSError as error:
            raise LichengError("APP150", path=str(self.path), detail=error.strerror or str(error)) from error
        if done < len(line):
            raise LichengError("APP150", path=str(self.path), detail=f"{done} < {len(line)}")

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """One writer at a time; what a writer that was killed left unfinished is no line, and goes."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not self.path.exists()
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if is_new:
                _keep_name(self.path.parent)
            alone(file)
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


def alone(file: int) -> None:
    """Wait until nobody else has this open file for itself; closing it lets the next one in."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)


def _keep_name(folder: Path) -> None:
    """A new file's name is on the disk when its folder is."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
