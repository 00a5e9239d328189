"""Who has looked at whose data on the platform, when, and by what right: append-only, and students see their own.

A line is one JSON object in its only spelling, chained as the receipt log is; beside the log stands its head, which
names the last line, so that lines missing at the end are noticed too. Who removes both files is not: that the log is
there at all, and kept, is for whoever backs the server up. No name and no text of a record stands in a line: accounts
by their ids, records by their paths below the student's folder, files by their digests.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from licheng.core.dates import instant, written
from licheng.core.errors import LichengError
from licheng.policy.receipts import canonical
from licheng.storage.chain import Chain, ChainLink
from licheng.storage.files import temporaries, temporary

_NAME, _HEAD = "access.jsonl", "access.head"
MOST_BYTES = 1 << 11  # of a line: five short fields
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FORMS = {
    "who": re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII),
    "whose": re.compile(r"s[0-9]{7}", re.ASCII),
    "what": re.compile(r"[a-z0-9][a-z0-9./:-]{0,399}", re.ASCII),
    "why": re.compile(r"[a-z][a-z0-9:-]{0,63}", re.ASCII),
    "previous": _DIGEST,
}


class Access(NamedTuple):
    """One look at something of a student.

    Attributes:
        who: the account.
        whose: the student.
        what: a record's folder or file below the student's own, `file:` and a digest, or the page (`class`).
        at: UTC, in whole seconds.
        why: by what right: a relation (`owner`, `teacher`), `unit:registry` or `post:course-counsellor`.
    """

    who: str
    whose: str
    what: str
    at: datetime
    why: str


def read(line: bytes) -> dict[str, Any] | None:
    """The entry of a line, None where the bytes are none: only what this log writes is read."""
    try:
        entry = json.loads(line)
        if not isinstance(entry, dict) or entry.keys() != {*_FORMS, "sequence", "at"} or canonical(entry) != line:
            return None
        instant(entry["at"])
    except (ValueError, TypeError, RecursionError):
        return None
    forms = all(isinstance(entry[name], str) and form.fullmatch(entry[name]) for name, form in _FORMS.items())
    return entry if forms and type(entry["sequence"]) is int and len(line) <= MOST_BYTES else None


class AccessLog:
    """The log in a folder of the platform's state; several processes may have it open, and any number of threads.

    What was read once is not read again: memory holds eight bytes a line.
    """

    def __init__(self, folder: Path) -> None:
        self._chain = Chain(folder / _NAME, read, MOST_BYTES, "APP320", "APP321")
        self._head = folder / _HEAD
        self._one_reader = Lock()
        self._forget()

    def _forget(self) -> None:
        self._link = ChainLink()
        self._places: dict[str, array[int]] = defaultdict(lambda: array("Q"))

    def record(self, who: str, whose: str, what: str, at: datetime, why: str) -> None:
        """Write down one look; see `record_all`."""
        self.record_all([Access(who, whose, what, at, why)])

    def record_all(self, accesses: Iterable[Access]) -> None:
        """Write down looks, of one page: they are on the disk before this returns, and only then may it be shown.

        Raises:
            LichengError: APP320, the log was tampered with; APP321, it cannot be written.
            ValueError: something that is no id, no path of a record and no digest: a name could stand in it.
        """
        looks = list(accesses)
        if not looks:
            return
        with self._chain.alone() as writer:
            if writer.last is None and not self._head.exists():
                self._write_head(writer.link)
            # Lines may be ahead of the head, where a writer was killed between the two; never behind it.
            head, at = self._read_head(), writer.link
            if at.sequence < head.sequence or (at.sequence == head.sequence and at.digest != head.digest):
                raise self._tampered(at.sequence)
            link, lines = writer.link, b""
            for access in looks:
                entry = {**access._asdict(), "at": written(access.at)}
                line = canonical({**entry, "sequence": link.sequence + 1, "previous": link.digest})
                if read(line) is None:
                    raise ValueError(access)
                lines += line
                digest = hashlib.sha256(line).hexdigest()
                link = ChainLink(link.sequence + 1, digest, writer.link.ends + len(lines))
            writer.write(lines)
            self._write_head(link)

    def of(self, student: str) -> tuple[Access, ...]:
        """All looks at one student's data, oldest first.

        Raises:
            LichengError: APP320, the log was tampered with.
        """
        with self._one_reader:
            self._read_on()
            if student not in self._places:
                return ()
            looks = list[Access]()
            with self._chain.path.open("rb") as file:
                for place in self._places[student]:
                    file.seek(place)
                    entry = read(file.readline(MOST_BYTES + 1))
                    if entry is None or entry["whose"] != student:
                        raise self._tampered(entry["sequence"] if entry is not None else 0)
                    looks.append(Access(entry["who"], student, entry["what"], instant(entry["at"]), entry["why"]))
            return tuple(looks)

    def verify(self) -> int:
        """Read all of it anew; how many lines there are.

        Raises:
            LichengError: APP320, the log was tampered with.
        """
        with self._one_reader:
            self._forget()
            self._read_on()
            return self._link.sequence

    def _read_on(self) -> None:
        """Verify what was added, against the head as it was before: whoever writes meanwhile is ahead of it."""
        path = self._chain.path
        size = path.stat().st_size if path.is_file() else 0
        # The first writer makes the file, then the head, then its lines.
        head = self._read_head() if size or self._head.exists() else ChainLink()
        if size < self._link.ends:
            raise self._tampered(self._link.sequence)
        begins = self._link.ends
        for link, entry in self._chain.entries(self._link):
            if link.sequence == head.sequence and link.digest != head.digest:
                raise self._tampered(link.sequence)
            self._places[entry["whose"]].append(begins)
            self._link, begins = link, link.ends
        if self._link.sequence < head.sequence:
            raise self._tampered(self._link.sequence + 1)

    def _read_head(self) -> ChainLink:
        try:
            head = json.loads(self._head.read_bytes())
            return ChainLink(int(head["sequence"]), str(head["digest"]))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise self._tampered(0) from error

    def _write_head(self, link: ChainLink) -> None:
        for left in temporaries(self._head):
            left.unlink(missing_ok=True)
        temporary(self._head, canonical({"sequence": link.sequence, "digest": link.digest}), 0o600).replace(self._head)

    def _tampered(self, line: int) -> LichengError:
        return LichengError("APP320", path=str(self._chain.path), line=line)
