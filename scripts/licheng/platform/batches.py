"""The platform's own bare clone, where hand-ins become commits, each in its student's name, one upon the other.

A commit's message names its ticket, so that whoever was killed after a push finds in main what has landed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from licheng.core.errors import LichengError
from licheng.platform.hand_in import Ticket, TicketState, is_stored
from licheng.platform.refusals import overtaken
from licheng.platform.remote import Remote
from licheng.rules.gate.untimely_commit import OLDEST
from licheng.sources.attachments import pointer, pointer_to
from licheng.sources.git import Objects
from licheng.sources.git import run as git
from licheng.sources.lfs import LfsStore

MAIN, BATCH, SETTLED = "refs/heads/main", "refs/licheng/batch", "refs/licheng/settled"
TRAILER = "Hand-In-Ticket"
_FETCH = ("fetch", "--quiet", "--no-auto-maintenance")  # `tidy` lets git pack
_ID = re.compile(r"[a-p]{30}", re.ASCII)


@dataclass(frozen=True)
class Batch:
    """Commits on a tip of main.

    Attributes:
        tip: on which they are built.
        head: the last of them.
        tickets: whose they are, in their order.
        commits: by the ids of their tickets.
        settled: tickets that need no commit, or for which there can be none.
    """

    tip: str
    head: str
    tickets: tuple[Ticket, ...]
    commits: Mapping[str, str]
    settled: tuple[Ticket, ...]


@dataclass(frozen=True)
class DeliveryClone:
    """The clone; whoever works in it is alone there.

    Attributes:
        folder: the platform's state folder, in which it lies.
        remote: the school's server.
        files: of the spool.
    """

    folder: Path
    remote: Remote
    files: LfsStore

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / "delivery.git"

    @property
    def store(self) -> LfsStore:
        """Where git-lfs looks for files of the clone."""
        return LfsStore(self.path / "lfs" / "objects", complete=True)

    def prepare(self) -> bool:
        """Make it where it is not there; in it goes every lock of a git that was killed.

        Returns:
            Whether it has just been made, and so holds what the server does.

        Raises:
            LichengError: APP338, the server cannot be reached.
        """
        is_new = not self.path.is_dir()
        if is_new:
            fresh = self.folder / "delivery.git~"
            shutil.rmtree(fresh, ignore_errors=True)
            clone = ("clone", "--quiet", "--bare", "--config", "gc.autoDetach=false")
            done = self.remote.git(*clone, self.remote.url, str(fresh), seconds=3600)
            if done.returncode:
                raise LichengError("APP338", case="connection", detail="git clone")
            fresh.rename(self.path)
        for left in (*self.path.glob("*.lock"), *(self.path / "refs").rglob("*.lock")):
            left.unlink(missing_ok=True)
        if f"\turl = {self.remote.url}\n" not in (self.path / "config").read_text("utf-8", "replace"):
            git(self.path, "config", "remote.origin.url", self.remote.url)  # it is another since
        return is_new

    def fetch(self) -> None:
        """Bring the server's main here, with all that it holds.

        Raises:
            LichengError: APP338, the server cannot be reached.
        """
        done = self.remote.git("-C", str(self.path), *_FETCH, "origin", f"+{MAIN}:{MAIN}")
        if done.returncode:
            raise LichengError("APP338", case="connection", detail="git fetch")

    def tip(self, objects: Objects) -> str:
        """The tip of main as it was fetched last.

        Args:
            objects: a reader of the clone.

        Raises:
            LichengError: APP003, there is none.
        """
        tip = objects.resolve(MAIN)
        if tip is None:
            raise LichengError("APP003", command="git cat-file")
        return tip

    def landed(self, tip: str) -> dict[str, str]:
        """The commits that main has gained since what the last batch was built on, by the tickets that they name."""
        shown = f"--format=%H%x00%cn%x00%(trailers:key={TRAILER},valueonly,separator=%x2C)"
        unless = ("--not", f"--glob={SETTLED[:-1]}[{SETTLED[-1]}]")  # a pattern, as there may be none yet
        lines = git(self.path, "log", shown, tip, *unless).decode("utf-8", "replace").splitlines()
        return {
            ticket_id: commit
            for commit, committer, ticket_id in (line.split("\0", 2) for line in lines)
            if committer == self.remote.account and _ID.fullmatch(ticket_id)
        }

    def tidy(self) -> None:
        """Let git pack what has come together."""
        git(self.path, "gc", "--auto", "--quiet")

    def build(self, objects: Objects, tip: str, tickets: Sequence[Ticket], now: datetime) -> Batch:
        """A commit for each ticket, on a tip, up to which all are settled; by one git process, without a work tree."""
        settled, built = list[Ticket](), list[Ticket]()
        for ticket in tickets:
            present = {path: _digest_at(objects, tip, path) for path in ticket.files}
            if present == dict(ticket.files):  # somebody has done just this
                settled.append(replace(ticket, state=TicketState.LANDED, commit=tip, settled_at=now))
            elif present != dict(ticket.bases):
                changed = sorted(path for path in present if present[path] != ticket.bases[path])
                settled.append(overtaken(ticket, changed, now))
            else:
                built.append(ticket)
        if not built:
            return Batch(tip, tip, (), {}, tuple(settled))
        for digest in stored(built):  # what git keeps outside history, also in the clone's store, without a copy
            target = self.store.path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.link(self.files.path(digest), target)
        marks = self.folder / "marks"
        stream = b"".join(self._commands(tip, built, now))
        git(self.path, "fast-import", "--quiet", "--done", "--force", f"--export-marks={marks}", given=stream)
        commits = dict(line.split(" ") for line in marks.read_text(encoding="ascii").splitlines())
        by_ticket = {ticket.id: commits[f":{mark}"] for mark, ticket in enumerate(built, 1)}
        return Batch(tip, by_ticket[built[-1].id], tuple(built), by_ticket, tuple(settled))

    def _commands(self, tip: str, tickets: Sequence[Ticket], now: datetime) -> Iterator[bytes]:
        """What git-fast-import reads: its manual's "Input Format"."""
        who = self.remote.account
        yield f"reset {SETTLED}\nfrom {tip}\n\n".encode()
        for mark, ticket in enumerate(tickets, 1):
            # Older than the gate takes a commit (GAT028) is only what waited while the server was away for weeks.
            written_at = max(ticket.received_at, now - OLDEST + timedelta(days=1))
            author = f"{ticket.account} <{ticket.account}@licheng.invalid> {int(written_at.timestamp())} +0800"
            committer = f"{who} <{who}@licheng.invalid> {int(now.timestamp())} +0800"
            message = f"Hand in: {ticket.action}\n\n{TRAILER}: {ticket.id}\n".encode()
            yield f"commit {BATCH}\nmark :{mark}\nauthor {author}\ncommitter {committer}\n".encode()
            yield b"data %d\n%s\n" % (len(message), message)
            yield f"from {tip if mark == 1 else f':{mark - 1}'}\n".encode()
            for path, digest in ticket.files.items():
                if digest is None:
                    yield f"D {path}\n".encode()
                    continue
                size = ticket.sizes[digest]
                is_pointer = is_stored(path, size)
                data = pointer_to(digest, size) if is_pointer else self.files.path(digest).read_bytes()
                yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
        yield b"done\n"


def stored(tickets: Iterable[Ticket]) -> set[str]:
    """The digests of those files of some tickets that git keeps outside history."""
    return {
        digest
        for ticket in tickets
        for path, digest in ticket.files.items()
        if digest is not None and is_stored(path, ticket.sizes[digest])
    }


def _digest_at(objects: Objects, commit: str, path: str) -> str | None:
    """SHA-256 of the file at a path, of its bytes and not of its pointer; None where there is none."""
    known = objects.headers([f"{commit}:{path}"])
    if not known:
        return None
    [sha] = known
    data = objects.read(sha, "blob")
    named = pointer(data)
    return named.oid if named is not None else hashlib.sha256(data).hexdigest()
