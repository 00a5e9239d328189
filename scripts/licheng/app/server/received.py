"""The receipt log: what a server received, from whom and when; each line names the one before it, none is ever changed.

A line is one JSON object in its only spelling (`policy/receipts.py`), signed by the server's key. The time at which the
very same content was first received from somebody who may send it is the time that counts for every window (肆.一), so
that neither a review nor a lost race makes anything late. Reading streams: memory holds one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from licheng.app.server.receipt_key import ServerKey
from licheng.core.dates import instant, written
from licheng.core.errors import LichengError
from licheng.policy import receipts as policy
from licheng.storage.chain import Chain

_FOLDER, _NAME = "licheng", "receipts.jsonl"


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
        return (entry for _, entry in self._chain.entries())

    @property
    def _chain(self) -> Chain:
        return Chain(self.path, policy.read, policy.MOST_BYTES, "APP093", "APP150", self.until)

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
            event: `received`, `overtaken`, `announced`, `landed` or `renewed`.
            facts: whatever else is to be known, as JSON.

        Raises:
            LichengError: APP093, the last line is none; APP166, the server has not signed it; APP165, the server's key
                cannot sign; APP167, what is said cannot stand in a line; APP150, the line could not be written as a
                whole.
        """
        with self._chain.alone() as writer:
            if writer.last is not None:
                self._must_be_signed(writer.last)
            sequence = writer.link.sequence + 1
            entry: dict[str, Any] = {"sequence": sequence, "at": written(at), "event": event}
            entry |= {"previous": writer.link.digest, "clock": written(datetime.now(UTC)), **facts}
            if self._line(entry) and self.key.in_force(sequence) is not None:
                entry["signature"] = self.key.sign(entry)
            writer.write(self._line(entry))
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
        with self._chain.alone() as writer:
            return writer.link.sequence + 1

    def received(self, base: str, head: str) -> dict[str, Any] | None:
        """The last line that received a push between two commits, sought from the end; None where there is none."""
        for entry in self._chain.backwards():
            if entry is not None and (entry["event"], entry["base"], entry["head"]) == ("received", base, head):
                return entry
        return None

    def whole(self) -> int:
        """Bytes of the lines that are whole now; 0 where there is no log."""
        return self._chain.whole()
