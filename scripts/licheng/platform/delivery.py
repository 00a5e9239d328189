"""From the spool to main: each hand-in a commit in its student's name, many in one push, judged by the server's gate.

The platform decides nothing here. It builds commits in a bare clone of its own, pushes them as the intake account, and
tells each student what the gate said: only what the server refuses when it stands alone is given back. A commit's
message names its ticket, so that whoever was killed after a push finds in main what has landed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from licheng.app.server.gate import Request, gate
from licheng.core.errors import LichengError, reason_of
from licheng.core.finding import Severity
from licheng.core.languages import LANGUAGES
from licheng.core.layout import student_folder
from licheng.core.report import LocatedFinding
from licheng.outputs.catalog import catalog
from licheng.platform.hand_in import Ticket, TicketState, is_stored
from licheng.platform.remote import PushAnswer, PushOutcome, Remote
from licheng.platform.spool import Spool
from licheng.rules.gate.untimely_commit import OLDEST
from licheng.sources.attachments import pointer, pointer_to
from licheng.sources.git import Objects
from licheng.sources.git import run as git
from licheng.sources.lfs import LfsStore
from licheng.storage.files import alone

MAIN, BATCH, SETTLED = "refs/heads/main", "refs/licheng/batch", "refs/licheng/settled"
TRAILER = "Hand-In-Ticket"
# Of one push: its gate looks into the attachments for a minute at most.
MOST_TICKETS = 40
MOST_BYTES = 128 << 20
MOST_ANNOUNCED = 2_000
_RACES = 5
_LONGEST_PAUSE = 60.0
_ASIDE = timedelta(minutes=5)
# What is wrong with the platform's account, clock or commits is no student's to mend.
_OURS = frozenset({"GAT008", "GAT009", "GAT027", "GAT028"})
_ID = re.compile(r"[a-p]{30}", re.ASCII)
# A student's id, and in a path all around it.
_OF_STUDENT = re.compile(r"(?:content/[a-z]+/[0-9]{3}/)?\b(s[0-9]{7})\b(?:/[a-z0-9._/-]*[a-z0-9])?", re.ASCII)


@dataclass
class DeliveryReport:
    """What one delivery has done; it grows while that is at work, and says so much where it was stopped.

    Attributes:
        landed: hand-ins that main has.
        refused: hand-ins that were given back.
        pushes: how often the gate was asked.
        trouble: why it stopped before the spool was empty; None where it is empty.
    """

    landed: int = 0
    refused: int = 0
    pushes: int = 0
    trouble: LichengError | None = None


@dataclass(frozen=True)
class _Batch:
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


@dataclass
class Delivery:
    """Empties a spool into a school's server; of several in one state folder one works at a time.

    Attributes:
        folder: the platform's state folder, in which the bare clone lies.
        demo: the school is a demo.
    """

    spool: Spool
    remote: Remote
    folder: Path
    demo: bool = False
    _reach: int = MOST_TICKETS
    # Accounts whose hand-in the server could not judge by itself, and when it is tried again; the others go on.
    _aside: dict[str, datetime] = field(default_factory=dict)

    @property
    def clone(self) -> Path:
        """The bare clone."""
        return self.folder / "delivery.git"

    @property
    def _store(self) -> LfsStore:
        """Where git-lfs looks for files of the clone."""
        return LfsStore(self.clone / "lfs" / "objects", complete=True)

    def announce(self) -> int:
        """Have the server write down what waits, by its own clock; return how many hand-ins are new to it.

        Raises:
            LichengError: APP338, it cannot be reached.
            OSError: the spool cannot be written.
        """
        waiting = [ticket for ticket in self.spool.waiting() if ticket.announced_at is None and ticket.sizes]
        count = 0
        for tickets in _announced_together(waiting):
            things = {path: digest for ticket in tickets for path, digest in ticket.files.items() if digest is not None}
            self.spool.note_announced(tickets, self.remote.announce(things))
            count += len(tickets)
        return count

    def deliver(self, now: datetime) -> DeliveryReport:
        """Deliver what waits, until nothing does or the server is in trouble.

        Args:
            now: UTC.

        Raises:
            LichengError: APP337, another process is delivering.
        """
        report = DeliveryReport()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self.folder / "delivering"
        lock.mkdir(mode=0o700, exist_ok=True)
        try:
            with alone(lock, waits=False):
                self._deliver_all(now, report)
        except BlockingIOError as error:
            raise LichengError("APP337", path=str(self.folder)) from error
        return report

    def _deliver_all(self, now: datetime, report: DeliveryReport) -> None:
        try:
            if self.spool.waiting():
                self._prepare()
            while tickets := self._take(now):
                self._deliver(tickets, now, report)
                self._reach = min(MOST_TICKETS, self._reach * 2)
            if report.landed:
                git(self.clone, "gc", "--auto", "--quiet")
        except LichengError as error:
            report.trouble = error
        except OSError as error:
            report.trouble = LichengError("APP332", path=str(self.spool.folder), detail=reason_of(error))

    def _take(self, now: datetime) -> list[Ticket]:
        """The next tickets, one of an account: of two in one push the first would be hidden by the second (GAT019).

        Raises:
            LichengError: APP332, all that are left have files that the disk has damaged.
        """
        waiting = self.spool.waiting()
        damaged = {ticket.account for ticket in waiting if not self.spool.is_whole(ticket)}
        if waiting and all(ticket.account in damaged for ticket in waiting):
            raise LichengError("APP332", path=str(self.spool.files.folder), detail="EIO")
        skipped = damaged | {account for account, until in self._aside.items() if now < until}
        chosen, size = dict[str, Ticket](), 0
        for ticket in waiting:
            if ticket.account in chosen or ticket.account in skipped:
                continue
            size += ticket.size
            if chosen and (size > MOST_BYTES or len(chosen) >= self._reach):
                break
            chosen[ticket.account] = ticket
        return list(chosen.values())

    def _prepare(self) -> None:
        """The clone, and in it no lock of a git that was killed: we alone are at work here."""
        if not self.clone.is_dir():
            fresh = self.folder / "delivery.git~"
            shutil.rmtree(fresh, ignore_errors=True)
            done = self.remote.git("clone", "--quiet", "--bare", self.remote.url, str(fresh), seconds=3600)
            if done.returncode:
                raise LichengError("APP338", case="connection", detail="git clone")
            fresh.rename(self.clone)
        for place in (self.clone, self.clone / "refs"):
            for left in place.rglob("*.lock") if place.name == "refs" else place.glob("*.lock"):
                left.unlink(missing_ok=True)
        git(self.clone, "config", "remote.origin.url", self.remote.url)
        git(self.clone, "config", "gc.autoDetach", "false")

    def _fetch(self) -> str:
        """The tip of the server's main, with all that it holds."""
        done = self.remote.git("-C", str(self.clone), "fetch", "--quiet", "origin", f"+{MAIN}:{MAIN}")
        if done.returncode:
            raise LichengError("APP338", case="connection", detail="git fetch")
        return git(self.clone, "rev-parse", "--verify", MAIN).decode().strip()

    def _deliver(self, tickets: Sequence[Ticket], now: datetime, report: DeliveryReport) -> None:
        """Bring tickets of different accounts to main in one push, or find out which of them the gate refuses."""
        for _ in range(_RACES):
            tip = self._fetch()
            landed = self._settle_landed(tip, now, report)
            batch = self._build(tip, [ticket for ticket in tickets if ticket.id not in landed], now)
            for ticket in batch.settled:
                self._settle(ticket, report)
            if not batch.tickets:
                return
            self.remote.send_objects(self.clone, self._stored(batch.tickets))
            report.pushes += 1
            answer = self.remote.push(self.clone, batch.head)
            if answer.outcome is PushOutcome.LANDED:
                self._settle_pushed(batch, now, report)
                return
            if answer.outcome is PushOutcome.REFUSED:
                self._divide(batch, answer, now, report)
                return
            if answer.outcome is PushOutcome.UNDECIDED:
                raise self._undecided(batch.tickets, answer, now)
        raise LichengError("APP338", case="moved", detail=str(_RACES))

    def _settle_pushed(self, batch: _Batch, now: datetime, report: DeliveryReport) -> None:
        for ticket in batch.tickets:
            commit = batch.commits[ticket.id]
            self._settle(replace(ticket, state=TicketState.LANDED, commit=commit, settled_at=now), report)
        git(self.clone, "update-ref", SETTLED, batch.head)

    def _undecided(self, tickets: Sequence[Ticket], answer: PushAnswer, now: datetime) -> LichengError:
        """Why nothing was judged; the next push is of fewer, should one hand-in be what the server cannot judge."""
        if answer.codes:
            self._reach = max(1, len(tickets) // 2)
            if len(tickets) == 1:
                self._aside[tickets[0].account] = now + _ASIDE
        return LichengError("APP338", case="undecided", detail=" ".join(answer.codes) or "-")

    def _divide(self, batch: _Batch, answer: PushAnswer, now: datetime, report: DeliveryReport) -> None:
        """Bring together those that nothing speaks against, the others by themselves; refused alone is given back."""
        if frozenset(answer.codes) <= _OURS:
            raise LichengError("APP338", case="account", detail=" ".join(answer.codes))
        tickets, findings = batch.tickets, self._judge(batch, now)
        if len(tickets) == 1:
            self._settle(_refused(tickets[0], answer, findings, now), report)
            return
        suspects = {folder.rpartition("/")[2] for finding in findings if (folder := _student(finding)) is not None}
        places = {finding.location.path for finding in findings}
        spoken_of = [ticket.account in suspects or not places.isdisjoint(ticket.files) for ticket in tickets]
        others = [ticket for ticket, is_spoken_of in zip(tickets, spoken_of, strict=True) if not is_spoken_of]
        alone_each = [[ticket] for ticket, is_spoken_of in zip(tickets, spoken_of, strict=True) if is_spoken_of]
        half = len(tickets) // 2
        groups = [others, *alone_each] if alone_each else [[*tickets[:half]], [*tickets[half:]]]
        for group in groups:
            if group:
                self._deliver(group, now, report)

    def _judge(self, batch: _Batch, now: datetime) -> tuple[LocatedFinding, ...]:
        """What the same gate finds here. It shows whom to try alone; what counts is the server's own word."""
        heard = min((ticket.announced_at for ticket in batch.tickets if ticket.announced_at is not None), default=None)
        request = Request(self.clone, batch.tip, batch.head, self.remote.account, now, received=heard, demo=self.demo)
        try:
            findings = gate(request).report.findings
        except LichengError:
            return ()
        return tuple(finding for finding in findings if finding.severity is Severity.ERROR)

    def _settle(self, ticket: Ticket, report: DeliveryReport) -> None:
        self.spool.settle(ticket)
        for digest in ticket.sizes:
            self._store.path(digest).unlink(missing_ok=True)
        if ticket.state is TicketState.LANDED:
            report.landed += 1
        else:
            report.refused += 1

    def _settle_landed(self, tip: str, now: datetime, report: DeliveryReport) -> set[str]:
        """Find what landed before somebody was killed who would have written it down; the ids of those tickets."""
        since = [f"^{SETTLED}"] if git(self.clone, "for-each-ref", SETTLED).strip() else []
        shown = f"--format=%H%x00%cn%x00%(trailers:key={TRAILER},valueonly,separator=%x2C)"
        lines = git(self.clone, "log", shown, tip, *since).decode("utf-8", "replace").splitlines()
        commits = {
            ticket_id: commit
            for commit, committer, ticket_id in (line.split("\0", 2) for line in lines)
            if committer == self.remote.account and _ID.fullmatch(ticket_id)
        }
        landed = [ticket for ticket in self.spool.waiting() if ticket.id in commits] if commits else []
        for ticket in landed:
            self._settle(replace(ticket, state=TicketState.LANDED, commit=commits[ticket.id], settled_at=now), report)
        git(self.clone, "update-ref", SETTLED, tip)
        return {ticket.id for ticket in landed}

    def _build(self, tip: str, tickets: Sequence[Ticket], now: datetime) -> _Batch:
        """A commit for each ticket, one upon the other, on a tip; by one git process, without a work tree."""
        settled, built = list[Ticket](), list[Ticket]()
        with Objects(self.clone) as objects:
            for ticket in tickets:
                present = {path: _digest_at(objects, tip, path) for path in ticket.files}
                if present == dict(ticket.files):  # somebody has done just this
                    settled.append(replace(ticket, state=TicketState.LANDED, commit=tip, settled_at=now))
                elif present != dict(ticket.bases):
                    changed = sorted(path for path in present if present[path] != ticket.bases[path])
                    settled.append(_overtaken(ticket, changed, now))
                else:
                    built.append(ticket)
        if not built:
            return _Batch(tip, tip, (), {}, tuple(settled))
        self._place_objects(built)
        marks = self.folder / "marks"
        stream = b"".join(self._commands(tip, built, now))
        git(self.clone, "fast-import", "--quiet", "--done", "--force", f"--export-marks={marks}", given=stream)
        commits = dict(line.split(" ") for line in marks.read_text(encoding="ascii").splitlines())
        by_ticket = {ticket.id: commits[f":{mark}"] for mark, ticket in enumerate(built, 1)}
        return _Batch(tip, by_ticket[built[-1].id], tuple(built), by_ticket, tuple(settled))

    def _commands(self, tip: str, tickets: Sequence[Ticket], now: datetime) -> Iterator[bytes]:
        """What git-fast-import reads: its manual's "Input Format"."""
        who = self.remote.account
        for mark, ticket in enumerate(tickets, 1):
            # Older than the gate takes a commit (GAT028) is only what waited while the server was away for weeks.
            made = max(ticket.received_at, now - OLDEST + timedelta(days=1))
            author = f"{ticket.account} <{ticket.account}@licheng.invalid> {int(made.timestamp())} +0800"
            committer = f"{who} <{who}@licheng.invalid> {int(now.timestamp())} +0800"
            message = f"Hand in: {ticket.action}\n\n{TRAILER}: {ticket.id}\n".encode()
            yield f"commit {BATCH}\nmark :{mark}\nauthor {author}\ncommitter {committer}\n".encode()
            yield b"data %d\n%s\n" % (len(message), message)
            yield f"from {tip if mark == 1 else f':{mark - 1}'}\n".encode()
            for path, digest in ticket.files.items():
                if digest is None:
                    yield f"D {path}\n".encode()
                else:
                    data = self._blob(path, digest, ticket.sizes[digest])
                    yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
        yield b"done\n"

    def _blob(self, path: str, digest: str, size: int) -> bytes:
        """What lies at a path in git: the bytes, or a pointer to them where they are many."""
        if is_stored(path, size):
            return pointer_to(digest, size)
        return self.spool.files.path(digest).read_bytes()

    def _stored(self, tickets: Iterable[Ticket]) -> set[str]:
        return {
            digest
            for ticket in tickets
            for path, digest in ticket.files.items()
            if digest is not None and is_stored(path, ticket.sizes[digest])
        }

    def _place_objects(self, tickets: Iterable[Ticket]) -> None:
        """The files of the spool that git keeps outside history, also in the clone's store, without a copy."""
        for digest in self._stored(tickets):
            target = self._store.path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.link(self.spool.files.path(digest), target)

    def run(
        self, stop: Event, clock: Callable[[], datetime], tell: Callable[[Exception], None], every: float = 1.0
    ) -> None:
        """Announce and deliver until told to stop, each on a thread of its own, so that neither waits for the other.

        Args:
            stop: ends both, at their next look.
            clock: UTC.
            tell: is told of all trouble, also of what nobody foresaw; the work goes on.
            every: seconds between two looks into the spool; after trouble they grow to a minute.
        """

        def deliver() -> None:
            trouble = self.deliver(clock()).trouble
            if trouble is not None:
                raise trouble
            self.spool.sweep(time.time())

        threads = [Thread(target=_repeat, args=(work, stop, tell, every)) for work in (self.announce, deliver)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _repeat(work: Callable[[], object], stop: Event, tell: Callable[[Exception], None], every: float) -> None:
    """Do some work again and again; the pauses double while it fails."""
    pause = every
    while not stop.wait(pause):
        try:
            work()
            pause = every
        except Exception as error:  # whatever it is, what waits must still be delivered
            tell(error)
            pause = min(_LONGEST_PAUSE, pause * 2)


def _announced_together(tickets: Sequence[Ticket]) -> Iterator[list[Ticket]]:
    """Tickets that one announcement can name: it tells one digest of a path."""
    group, paths = list[Ticket](), set[str]()
    for ticket in tickets:
        if group and (paths & ticket.files.keys() or len(paths) >= MOST_ANNOUNCED):
            yield group
            group, paths = [], set()
        group.append(ticket)
        paths |= ticket.files.keys()
    if group:
        yield group


def _digest_at(objects: Objects, commit: str, path: str) -> str | None:
    """SHA-256 of the file at a path, of its bytes and not of its pointer; None where there is none."""
    known = objects.headers([f"{commit}:{path}"])
    if not known:
        return None
    [sha] = known
    data = objects.read(sha, "blob")
    named = pointer(data)
    return named.oid if named is not None else hashlib.sha256(data).hexdigest()


def _student(finding: LocatedFinding) -> str | None:
    return student_folder(f"{finding.location.path}/")


def _overtaken(ticket: Ticket, paths: Sequence[str], now: datetime) -> Ticket:
    """A hand-in whose form was opened on something that main no longer has."""
    error = LichengError("APP334", paths=", ".join(paths))
    words = {language: " ".join(catalog(language).error(error)) for language in LANGUAGES}
    return replace(ticket, state=TicketState.REFUSED, settled_at=now, codes=("APP334",), words=words)


def _refused(ticket: Ticket, answer: PushAnswer, findings: Sequence[LocatedFinding], now: datetime) -> Ticket:
    """A hand-in that the server refused: in the words of the gate, in each language as far as the gate here agrees."""
    agreed = [finding for finding in findings if finding.code in answer.codes]
    if {finding.code for finding in agreed} == set(answer.codes):
        words = {language: _words(agreed, language) for language in LANGUAGES}
    else:  # the server knows more than we, as a list of names
        words = dict.fromkeys(LANGUAGES, answer.words)
    words = {language: _without_others(text, ticket) for language, text in words.items()}
    return replace(ticket, state=TicketState.REFUSED, settled_at=now, codes=answer.codes, words=words)


def _without_others(text: str, ticket: Ticket) -> str:
    """Words without the students of whom the hand-in is not, nor what theirs is called: who holds the same file."""
    own = {ticket.account, *(folder.rpartition("/")[2] for folder in map(student_folder, ticket.files) if folder)}
    return _OF_STUDENT.sub(lambda match: match[0] if match[1] in own else "s•••••••", text)


def _words(findings: Sequence[LocatedFinding], language: str) -> str:
    words = catalog(language)
    return "\n".join(f"{finding.code} {words.message(finding)} {words.hint(finding)}" for finding in findings)
