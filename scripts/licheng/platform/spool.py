"""The spool: what was handed in lies on the disk before its ticket is given, and stays until the gate has judged it.

    files/aa/bb/<sha256>              bytes, once each, whoever handed them in
    waiting/<number>.<account>.<id>   tickets in their order, JSON
    settled/<account>/<id>            those that landed or were refused

A ticket appears by one rename, after all of its files are on the disk, and is settled by one more: killed at any point,
a hand-in is there as a whole or not at all. Files that no waiting ticket names go with `sweep`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from licheng.core.dates import instant, written
from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.platform.hand_in import (
    MOST_FILE_BYTES,
    MOST_FILES,
    HandIn,
    Ticket,
    TicketState,
    check_statement,
    is_own,
    lying_digest,
    statement_of,
)
from licheng.sources.attachments import pointer
from licheng.sources.lfs import LfsStore, RefusedObjectError
from licheng.storage.files import alone, sync, temporaries, temporary

VERSION = 1
_FIELDS = [field.name for field in fields(Ticket)]
_MOMENTS = ("received_at", "announced_at", "settled_at")
_CHUNK = 1 << 20
_KEPT_SECONDS = 600  # a file that no ticket names may be of one that is being accepted
_DIGITS = 12
_ACTION = re.compile(r"[a-z-]{1,40}", re.ASCII)
_ID = re.compile(r"[a-p]{30}", re.ASCII)  # `HandIn.ticket_id`


@dataclass(frozen=True)
class SpoolLimits:
    """What the spool takes at most.

    Attributes:
        waiting: tickets.
        of_account: waiting tickets of one account.
        spare: bytes of the disk that are left to others.
    """

    waiting: int = 20_000
    of_account: int = 200
    spare: int = 512 << 20


@dataclass(frozen=True)
class Spool:
    """The spool in a folder, which several processes may share.

    Attributes:
        folder: below the platform's state folder; made where it is not there.
    """

    folder: Path
    limits: SpoolLimits = SpoolLimits()

    @property
    def files(self) -> LfsStore:
        """The bytes by their digests, laid out as Git LFS does."""
        return LfsStore(self.folder / "files")

    @property
    def _waiting(self) -> Path:
        return self.folder / "waiting"

    def _settled(self, account: str) -> Path:
        return self.folder / "settled" / account

    def accept(self, hand_in: HandIn) -> Ticket:
        """Keep a hand-in; when this returns, it is on the disk.

        Returns:
            Its ticket; of one that was sent before, the ticket that it then got, whatever has become of it.

        Raises:
            UsageError: APP330, a path is not of the student's own records; APP331, too much, of its files or of the
                spool; APP332, the disk does not take it; APP333, the form has handed in something else, or does not
                say of a path what it was opened on; APP383, of staff, not what its statement says. Nothing is kept.
        """
        try:
            _check(hand_in)
            self._make_folders(hand_in.account)
            known = self._known(hand_in)
            if known is not None:
                return known
            self._check_room(hand_in)
            _check_statement(hand_in)
            sizes, digests = self._keep_files(hand_in)
            with self._alone():
                return self._known(hand_in) or self._give_ticket(hand_in, digests, sizes)
        except OSError as error:
            raise UsageError("APP332", path=str(self.folder), detail=reason_of(error)) from error

    def _known(self, hand_in: HandIn) -> Ticket | None:
        """The ticket of a hand-in that was sent before."""
        ticket = self.ticket(hand_in.account, hand_in.ticket_id)
        if ticket is not None and ticket.files.keys() != hand_in.paths:
            raise UsageError("APP333", case="key")
        if ticket is not None:
            digests = {path: _digest_of(hand_in, path) for path in ticket.files}
            if digests != dict(ticket.files):
                raise UsageError("APP333", case="key")
        return ticket

    def _check_room(self, hand_in: HandIn) -> None:
        names = self._names()
        if len(names) >= self.limits.waiting:
            raise UsageError("APP331", case="waiting", limit=self.limits.waiting)
        if sum(f".{hand_in.account}." in name for name in names) >= self.limits.of_account:
            raise UsageError("APP331", case="account", limit=self.limits.of_account)
        size = sum(_size_of(hand_in, path) for path in hand_in.paths)
        if shutil.disk_usage(self.folder).free < size + self.limits.spare:
            raise UsageError("APP332", path=str(self.folder), detail="ENOSPC")

    def _keep_files(self, hand_in: HandIn) -> tuple[dict[str, int], dict[str, str | None]]:
        """Sizes by digest and digests by path of what was handed in, on the disk."""
        sizes, digests = dict[str, int](), dict[str, str | None]()
        for path in sorted(hand_in.paths):
            digest = digests[path] = _digest_of(hand_in, path)
            if digest is None:
                continue
            sizes[digest] = _size_of(hand_in, path)
            try:
                self.files.receive(digest, sizes[digest], _chunks(hand_in, path))
            except RefusedObjectError as error:  # the upload changed under our hands, or the disk has damaged it
                raise UsageError("APP332", path=path, detail="EIO") from error
            os.utime(self.files.path(digest))
        # The store has synced each file and its name; the names of new folders above are still to come.
        for folder in {self.files.path(digest).parents[1] for digest in sizes} | {self.files.folder}:
            sync((), folder)
        return sizes, digests

    def _give_ticket(self, hand_in: HandIn, digests: Mapping[str, str | None], sizes: Mapping[str, int]) -> Ticket:
        ticket = Ticket(
            hand_in.ticket_id,
            int(max(self._names(), default="0").split(".")[0]) + 1,
            hand_in.account,
            hand_in.action,
            hand_in.received_at.replace(microsecond=0),
            digests,
            sizes,
            {path: hand_in.bases[path] for path in sorted(hand_in.paths)},
        )
        if not self.is_whole(ticket):  # swept away by somebody whose clock is wrong
            raise UsageError("APP332", path=str(self.files.folder), detail="ENOENT")
        _put(self._waiting / _name(ticket), ticket)
        return ticket

    def ticket(self, account: str, ticket_id: str) -> Ticket | None:
        """The ticket of that id, waiting or settled; None of what is no id, be it a pattern or a path."""
        if _ID.fullmatch(ticket_id) is None:
            return None
        # Looked for in this order: between the two a ticket may be settled.
        for name in self._names():
            if name.endswith(f".{account}.{ticket_id}"):
                with suppress(FileNotFoundError):
                    return _read(self._waiting / name)
        settled = self._settled(account) / ticket_id
        return _read(settled) if settled.is_file() else None

    def waiting(self, without: Collection[str] = ()) -> list[Ticket]:
        """All that wait, in the order in which they were accepted, but those of some ids."""
        return list(self._read_waiting(lambda name: name.rpartition(".")[2] not in without))

    def tickets_of(self, account: str) -> list[Ticket]:
        """All tickets of an account, the newest first."""
        by_id = {ticket.id: ticket for ticket in self._read_waiting(lambda name: name.split(".")[1] == account)}
        settled = self._settled(account)
        for path in settled.iterdir() if settled.is_dir() else ():
            if not path.name.startswith("."):
                by_id[path.name] = _read(path)
        return sorted(by_id.values(), key=lambda ticket: (ticket.received_at, ticket.id), reverse=True)

    def last_settled(self) -> Ticket | None:
        """The ticket that was settled last; None before the first."""
        written_at = {path: path.stat().st_mtime_ns for path in self._all_settled()}
        return _read(max(written_at, key=lambda path: (written_at[path], path))) if written_at else None

    def settled_since(self, moment: datetime) -> list[Ticket]:
        """The tickets that were settled since a moment, in no order."""
        began = moment.timestamp()
        written_since = (_read(path) for path in self._all_settled() if path.stat().st_mtime >= began - _KEPT_SECONDS)
        return [ticket for ticket in written_since if ticket.settled_at is not None and ticket.settled_at >= moment]

    def _all_settled(self) -> Iterator[Path]:
        for folder in (self.folder / "settled").glob("*"):
            yield from (path for path in folder.iterdir() if not path.name.startswith("."))

    def _read_waiting(self, wanted: Callable[[str], bool]) -> Iterator[Ticket]:
        for name in sorted(filter(wanted, self._names())):
            with suppress(FileNotFoundError):  # settled since
                ticket = _read(self._waiting / name)
                # Killed between the two writes of settling, it lies in both, and has been settled.
                if not (self._settled(ticket.account) / ticket.id).exists():
                    yield ticket

    def _names(self) -> list[str]:
        """Of what waits, by which it is in order; many are looked through with each hand-in."""
        names = os.listdir(self._waiting) if self._waiting.is_dir() else []  # noqa: PTH208
        return [name for name in names if not name.startswith(".")]

    def is_whole(self, ticket: Ticket) -> bool:
        """Whether all files of a waiting ticket are here, as far as their sizes tell."""
        return all(self.files.size(digest) == size for digest, size in ticket.sizes.items())

    def note_announced(self, tickets: Iterable[Ticket], at: datetime) -> None:
        """Write down when the school's server heard of them, of those that still wait.

        Raises:
            OSError: it cannot be written.
        """
        with self._alone():
            for ticket in tickets:
                path = self._waiting / _name(ticket)
                if path.exists():
                    _put(path, replace(_read(path), announced_at=at))

    def settle(self, ticket: Ticket) -> None:
        """Put a ticket that landed or was refused away.

        Raises:
            OSError: it cannot be written; the ticket waits.
        """
        with self._alone():
            waiting = self._waiting / _name(ticket)
            announced_at = _read(waiting).announced_at if waiting.exists() else ticket.announced_at
            folder = self._settled(ticket.account)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _put(folder / ticket.id, replace(ticket, announced_at=announced_at))
            waiting.unlink(missing_ok=True)

    def sweep(self, now: float) -> int:
        """Remove what killed or failed writers left, and files that no waiting ticket names; return how many.

        Args:
            now: seconds since 1970, by the clock of the file system.
        """
        if not self._waiting.is_dir():
            return 0  # nothing has been handed in yet
        with self._alone():
            for path in self._waiting.iterdir():
                _, account, ticket_id = path.name.split(".")[:3]
                if (self._settled(account) / ticket_id).is_file():  # killed between the two writes of settling
                    path.unlink()
            named = {digest for ticket in self.waiting() for digest in ticket.sizes}
            old = [
                path
                for folder in (self.files.folder, self.files.folder.parent / "incoming")
                for path in folder.rglob("*")
                if path.is_file() and path.name not in named and path.stat().st_mtime < now - _KEPT_SECONDS
            ]
            for path in old:
                path.unlink(missing_ok=True)
            return len(old)

    def forget(self, before: datetime) -> int:
        """Remove the tickets that were settled before a moment; return how many. What waits stays, however old.

        A form that is sent again after that is a new one.
        """
        # A file is written when its ticket is settled: most need not be read.
        old = (path for path in self._all_settled() if path.stat().st_mtime < before.timestamp() + _KEPT_SECONDS)
        gone = [path for path in old if (at := _read(path).settled_at) is not None and at < before]
        if not gone:
            return 0
        with self._alone():
            # Killed between the two writes of settling, one lies in both, and without this file it would wait again.
            waiting = {path.name.rpartition(".")[2] for path in self._waiting.iterdir()}
            gone = [path for path in gone if path.name not in waiting]
            for path in gone:
                path.unlink(missing_ok=True)
        return len(gone)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with alone(self._waiting):
            yield

    def _make_folders(self, account: str) -> None:
        for folder in (self.files.folder, self._waiting, self._settled(account)):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                for above in (folder, *folder.parents):  # a new folder's name is on the disk when the one above is
                    sync((), above)
                    if above == self.folder.parent:
                        break


def _name(ticket: Ticket) -> str:
    return f"{ticket.number:0{_DIGITS}d}.{ticket.account}.{ticket.id}"


def _check(hand_in: HandIn) -> None:
    """Refuse what is none of the student's, too much, or does not say what it was made from."""
    paths = hand_in.paths
    # The action stands in a commit's message, in which a line could name another's ticket.
    if (
        not paths
        or not hand_in.key
        or not _ACTION.fullmatch(hand_in.action)
        or hand_in.changes.keys() & hand_in.files.keys()
    ):
        raise UsageError("APP333", case="form")
    for path in sorted(paths):
        if not is_own(path, hand_in.account):
            raise UsageError("APP330", path=path[:200], account=hand_in.account)
        if path not in hand_in.bases:
            raise UsageError("APP333", case="base", path=path)
        if _size_of(hand_in, path) > MOST_FILE_BYTES:
            raise UsageError("APP331", case="file", path=path, limit=MOST_FILE_BYTES)
        # It would stand for a file in the store, whoever brought that one.
        if pointer(b"".join(islice(_chunks(hand_in, path), 1))) is not None:
            raise UsageError("APP333", case="pointer", path=path)
    if len(paths) > MOST_FILES:
        raise UsageError("APP331", case="files", limit=MOST_FILES)


def _check_statement(hand_in: HandIn) -> None:
    statement = statement_of(hand_in.changes)
    data = hand_in.changes[statement] if statement is not None else None
    digests = {path: _digest_of(hand_in, path) for path in hand_in.paths}
    lying = {
        path: lying_digest(path, digest, _size_of(hand_in, path)) if digest is not None else None
        for path, digest in digests.items()
    }
    check_statement(hand_in.account, lying, hand_in.bases, data or b"")


def _size_of(hand_in: HandIn, path: str) -> int:
    if path in hand_in.files:
        return hand_in.files[path].stat().st_size
    return len(hand_in.changes[path] or b"")


def _chunks(hand_in: HandIn, path: str) -> Iterator[bytes]:
    if path not in hand_in.files:
        yield hand_in.changes[path] or b""
        return
    with hand_in.files[path].open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _digest_of(hand_in: HandIn, path: str) -> str | None:
    if hand_in.changes.get(path, b"") is None:
        return None
    digest = hashlib.sha256()
    for chunk in _chunks(hand_in, path):
        digest.update(chunk)
    return digest.hexdigest()


def _put(path: Path, ticket: Ticket) -> None:
    """Write a ticket in one step; it and its name are on the disk when this returns."""
    document = {"version": VERSION, **vars(ticket)}
    document |= {name: written(document[name]) for name in _MOMENTS if document[name] is not None}
    data = json.dumps(document, ensure_ascii=False, sort_keys=True, default=dict).encode() + b"\n"
    for left in temporaries(path):
        left.unlink()
    staged = temporary(path, data, 0o600)
    try:
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
    sync((), path.parent)


def _read(path: Path) -> Ticket:
    """A ticket that `_put` wrote.

    Raises:
        LichengError: APP332, the disk has damaged it.
    """
    data = path.read_bytes()
    try:
        document = json.loads(data)
        values = {name: document[name] for name in _FIELDS}
        values |= {name: instant(values[name]) for name in _MOMENTS if values[name] is not None}
        return Ticket(**{**values, "state": TicketState(values["state"]), "codes": tuple(values["codes"])})
    except (ValueError, KeyError, TypeError) as error:
        raise LichengError("APP332", path=str(path), detail="EIO") from error
