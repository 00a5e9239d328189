"""A log of lines of which each names the one before it: nobody changes, takes out or adds one in between unnoticed.

What a line says, and which bytes say it, is the owner's: a chain knows its `sequence` and its `previous` only. Reading
streams: memory holds one line. Writers take turns, and what a killed one left unfinished is no line.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from licheng.core.errors import LichengError, reason_of

try:
    import fcntl
except ImportError:  # Windows, which is no server
    fcntl = None  # type: ignore[assignment]

_START = "0" * 64
_TAIL = 1 << 16


class ChainLink(NamedTuple):
    """Where a chain stands after a line.

    Attributes:
        sequence: the line's number, from 1; 0 before the first.
        digest: its SHA-256, 64 hex digits, by which the next one names it.
        ends: bytes of the file up to its end.
    """

    sequence: int = 0
    digest: str = _START
    ends: int = 0


@dataclass(frozen=True)
class Chain:
    """One such file.

    Attributes:
        path: of it.
        read: the entry that a line with its end says, None where it says none.
        most: bytes of a line.
        broken: the code of what is raised where a line does not follow from the one before it.
        unwritten: likewise where one could not be written as a whole.
        until: bytes of it that are read, None for all: what was there at some time is its beginning.
    """

    path: Path
    read: Callable[[bytes], dict[str, Any] | None]
    most: int
    broken: str
    unwritten: str
    until: int | None = None

    def entries(self, after: ChainLink | None = None) -> Iterator[tuple[ChainLink, dict[str, Any]]]:
        """All lines in their order, or those after one that was read before; each with where the chain stands then.

        Raises:
            LichengError: `broken`, a line is none, or does not follow from the one before it.
        """
        link = after or ChainLink()
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            file.seek(link.ends)
            # A line without an end within the limit comes in pieces, each of which is none.
            while line := file.readline(self.most + 1):
                if not line.endswith(b"\n") and len(line) <= self.most:
                    return
                if self.until is not None and file.tell() > self.until:
                    return
                entry = self.read(line)
                if entry is None or (entry["previous"], entry["sequence"]) != (link.digest, link.sequence + 1):
                    raise LichengError(self.broken, path=str(self.path), line=link.sequence + 1)
                link = ChainLink(link.sequence + 1, hashlib.sha256(line).hexdigest(), file.tell())
                yield link, entry

    def backwards(self) -> Iterator[dict[str, Any] | None]:
        """The lines from the last one on, None for what is none; some may come twice, none is verified."""
        length = _TAIL
        while self.path.is_file():
            size = self.path.stat().st_size
            with self.path.open("rb") as file:
                file.seek(max(0, size - length))
                lines = file.read().splitlines(keepends=True)
            yield from map(self.read, reversed(lines))
            if length >= size:
                break
            length *= 4

    def whole(self) -> int:
        """Bytes of the lines that are whole now; 0 where there is no file."""
        if not self.path.is_file():
            return 0
        with self._locked() as file:
            return os.fstat(file).st_size

    @contextmanager
    def alone(self) -> Iterator[Writer]:
        """One writer at a time.

        Raises:
            LichengError: `broken`, the last line is none.
        """
        with self._locked() as file:
            data = _tail(file)
            line = data[data.rstrip(b"\n").rfind(b"\n") + 1 :]
            last = self.read(line) if line else None
            if line and last is None:
                with os.fdopen(os.dup(file), "rb") as lines:
                    lines.seek(0)
                    raise LichengError(self.broken, path=str(self.path), line=sum(1 for _ in lines))
            link = (
                ChainLink(last["sequence"], hashlib.sha256(line).hexdigest(), os.fstat(file).st_size)
                if last
                else ChainLink()
            )
            yield Writer(self, file, link, last)

    @contextmanager
    def _locked(self) -> Iterator[int]:
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
            take(file)
            data = _tail(file)
            if data and not data.endswith(b"\n"):
                os.ftruncate(file, os.fstat(file).st_size - len(data) + data.rfind(b"\n") + 1)
            yield file
        finally:
            os.close(file)


@dataclass(frozen=True)
class Writer:
    """Who may add to a chain now.

    Attributes:
        file: the open file.
        link: where the chain stands.
        last: the entry of its last line, None where there is none.
    """

    chain: Chain
    file: int
    link: ChainLink
    last: dict[str, Any] | None

    def write(self, lines: bytes) -> None:
        """Whole lines; they are on the disk before this returns.

        Raises:
            LichengError: the chain's `unwritten`, they could not be written as a whole.
        """
        try:
            done = os.write(self.file, lines)
            os.fsync(self.file)
        except OSError as error:
            raise self._unwritten(reason_of(error)) from error
        if done < len(lines):  # a full disk takes a part of it and says nothing (write(2))
            raise self._unwritten(f"{done} < {len(lines)}")

    def _unwritten(self, detail: str) -> LichengError:
        return LichengError(self.chain.unwritten, path=str(self.chain.path), detail=detail)


def take(file: int) -> None:
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
