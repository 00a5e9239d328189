"""The receipt log: what a server received, from whom and when; each line names the one before it, none is ever changed.

A line is one JSON object in its only spelling (`policy/receipts.py`), signed by the server's key. The time at which the
very same content was first received from somebody who may send it is the time that counts for every window (肆.一), so
that neither a review nor a lost race makes anything late. Reading streams: memory holds one line.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from licheng.app.server.receipt_key import ServerKey
from licheng.core.dates import instant, written
from licheng.core.errors import LichengError, reason_of
from licheng.policy import receipts as policy

try:
    import fcntl
except ImportError:  # Windows, which is no server
    fcntl = None  # type: ignore[assignment]

_FOLDER, _NAME = "licheng", "receipts.jsonl"
_START = "0" * 64
_TAIL = 1 << 16


@dataclass(frozen=True)
class ReceiptLog:
    """The log of one server's repository.

    Attributes:
        path: of the file.
        until: bytes of it that are read, None for all: what was there at some time is its beginning.
    """

    path: Path
    until: int | None = None

    @classmethod
    def of(cls, git_folder: Path) -> ReceiptLog:
        """The log beside a repository's objects."""
        return cls(git_folder / _FOLDER / _NAME)

    @property
    def key(self) -> ServerKey:
        """What signs its lines; a copy of the log alone has none, and is judged by its chain."""
        return ServerKey(self.path.parent)

    def entries(self) -> Iterator[dict[str, Any]]:
        """All lines in their order. The signature of the last one vouches for all, as each names the one before.

        Raises:
            LichengError: as `chained`; APP166, the server has not signed the last line.
        """
        last = None
        for last in self.chained():
            yield last
        if last is not None:
            self._must_be_signed(last)

    def chained(self) -> Iterator[dict[str, Any]]:
        """All lines in their order, whoever wrote them.

        Raises:
            LichengError: APP093, a line is none, or does not follow from the one before it: somebody changed the log.
        """
        if not self.path.is_file():
            return
        previous, number = _START, 0
        with self.path.open("rb") as file:
            # A line without an end within the limit comes in pieces, each of which is none.
            while line := file.readline(policy.MOST_BYTES + 1):
                if not line.endswith(b"\n") and len(line) <= policy.MOST_BYTES:
                    continue
                if self.until is not None and file.tell() > self.until:
                    return
                number += 1
                entry = policy.read(line)
                if entry is None or entry["previous"] != previous or entry["sequence"] != number:
                    raise LichengError("APP093", path=str(self.path), line=number)
                previous = hashlib.sha256(line).hexdigest()
                yield entry

    def _must_be_signed(self, entry: Mapping[str, Any]) -> None:
        if not self.key.has_signed(entry):
            raise LichengError("APP166", path=str(self.path), line=entry["sequence"])

    def first_received(self, things: Mapping[str, str]) -> dict[str, datetime]:
        """When each of these contents was first received at its place from somebody who may send it, UTC.

        Those never seen are left out.

        Args:
            things: path → SHA-256. The same content at another place is another thing: a copy is not in time because
                what it was copied from was.
        """
        first: dict[str, datetime] = {}
        for entry in self.entries() if things else ():
            for path, _ in things.items() & policy.reserved(entry).items():
                first.setdefault(path, instant(entry["at"]))
        return first

    def append(self, at: datetime, event: str, **facts: Any) -> dict[str, Any]:
        """Write one line; it is on the disk before this returns.

        Args:
            at: UTC.
            event: `received`, `overtaken`, `announced` or `landed`.
            facts: whatever else is to be known, as JSON.

        Raises:
            LichengError: APP093, the last line is none; APP166, the server has not signed it; APP165, the server's key
                cannot sign; APP167, what is said cannot stand in a line; APP150, the line could not be written as a
                whole.
        """
        with self._alone() as file:
            before, last = self._before(file)
            if before:
                self._must_be_signed(last)
            previous = hashlib.sha256(before).hexdigest() if before else _START
            sequence = int(last["sequence"]) + 1
            entry: dict[str, Any] = {"sequence": sequence, "at": written(at), "event": event}
            entry |= {"previous": previous, "clock": written(datetime.now(UTC)), **facts}
            if self._line(entry) and self.key.in_force(sequence) is not None:
                entry["signature"] = self.key.sign(entry)
            line = self._line(entry)
            try:
                done = os.write(file, line)
                os.fsync(file)
            except OSError as error:
                raise LichengError("APP150", path=str(self.path), detail=reason_of(error)) from error
            if done < len(line):  # a full disk takes a part of it and says nothing (write(2))
                raise LichengError("APP150", path=str(self.path), detail=f"{done} < {len(line)}")
        return entry

    def _line(self, entry: Mapping[str, Any]) -> bytes:
        """The bytes of an entry, which will be read again as what they are."""
        try:
            line = policy.canonical(entry)
        except ValueError as error:
            raise LichengError("APP167", path=str(self.path)) from error
        if policy.read(line) is None:
            raise LichengError("APP167", path=str(self.path))
        return line

    def next(self) -> int:
        """The number of the line that will be written next.

        Raises:
            LichengError: APP093, the last line is none.
        """
        if not self.path.exists():
            return 1
        with self._alone() as file:
            return int(self._before(file)[1]["sequence"]) + 1

    def _before(self, file: int) -> tuple[bytes, dict[str, Any]]:
        """The last line and its entry; of an empty log nothing, and a number before the first."""
        data = _tail(file)
        line = data[data.rstrip(b"\n").rfind(b"\n") + 1 :]
        entry = policy.read(line) if line else {"sequence": 0}
        if entry is None:
            with os.fdopen(os.dup(file), "rb") as lines:
                lines.seek(0)
                raise LichengError("APP093", path=str(self.path), line=sum(1 for _ in lines))
        return line, entry

    def received(self, base: str, head: str) -> dict[str, Any] | None:
        """The last line that received a push between two commits, sought from the end; None where there is none."""
        length = _TAIL
        while self.path.is_file():
            size = self.path.stat().st_size
            with self.path.open("rb") as file:
                file.seek(max(0, size - length))
                lines = file.read().splitlines(keepends=True)
            for entry in map(policy.read, reversed(lines)):
                if entry is not None and (entry["event"], entry["base"], entry["head"]) == ("received", base, head):
                    return entry
            if length >= size:
                break
            length *= 4
        return None

    def whole(self) -> int:
        """Bytes of the lines that are whole now; 0 where there is no log."""
        if not self.path.is_file():
            return 0
        with self._alone() as file:
            return os.fstat(file).st_size

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """One writer at a time; what a writer that was killed left unfinished is no line, and goes."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not self.path.exists()
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if is_new and os.name == "posix":  # a new file's name is on the disk when its folder is
                folder = os.open(self.path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
            alone(file)
            data = _tail(file)
            if data and not data.endswith(b"\n"):
                os.ftruncate(file, os.fstat(file).st_size - len(data) + data.rfind(b"\n") + 1)
            yield file
        finally:
            os.close(file)


def alone(file: int) -> None:
    """Wait until nobody else has this open file for itself; closing it lets the next one in."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)


def _tail(file: int) -> bytes:
    """The end of the file, from a line's beginning on where that is near."""
    size, length = os.fstat(file).st_size, _TAIL
    while True:
        start = max(0, size - length)
        data = os.pread(file, size - start, start)
        if start == 0 or data.rstrip(b"\n").count(b"\n"):
            return data
        length *= 4
