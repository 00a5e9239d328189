"""From the spool to main: each hand-in a commit in its student's name, many in one push, judged by the server's gate.

The platform decides nothing here. It pushes commits as the intake account, and tells each student what the gate said:
only what the server refuses when it stands alone is given back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from licheng.app.server.gate import Request, gate
from licheng.core.errors import LichengError, reason_of
from licheng.core.finding import Severity
from licheng.core.layout import student_folder
from licheng.core.report import LocatedFinding
from licheng.platform.batches import Batch, DeliveryClone, stored
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.refusals import refused
from licheng.platform.remote import PushAnswer, PushOutcome, Remote
from licheng.platform.repeating import repeated
from licheng.platform.spool import Spool
from licheng.sources.git import Objects
from licheng.storage.files import alone

# Of one push: its gate looks into the attachments for a minute at most.
MOST_TICKETS = 40
MOST_BYTES = 128 << 20
MOST_ANNOUNCED = 2_000
_MOST_HEARD = 20_000
_RACES = 5
_EVERY, _LONGEST_PAUSE = 1.0, 60.0  # seconds
_ASIDE = timedelta(minutes=5)
# What is wrong with the platform's account, clock or commits is no student's to mend.
_OURS = frozenset({"GAT008", "GAT009", "GAT027", "GAT028"})


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
    # Tickets that wait and need not be looked at again to announce them.
    _heard: set[str] = field(default_factory=set)
    # Accounts whose hand-in the server could not judge by itself, and when it is tried again; the others go on.
    _aside: dict[str, datetime] = field(default_factory=dict)

    @property
    def clone(self) -> Path:
        """The bare clone."""
        return self._clone.path

    @property
    def _clone(self) -> DeliveryClone:
        return DeliveryClone(self.folder, self.remote, self.spool.files)

    def announce(self) -> int:
        """Have the server write down what waits, by its own clock; return how many hand-ins are new to it.

        Raises:
            LichengError: APP338, it cannot be reached.
            OSError: the spool cannot be written.
        """
        if len(self._heard) > _MOST_HEARD:
            self._heard.clear()
        waiting, count = self.spool.waiting(self._heard), 0
        for ticket in waiting:
            if ticket.announced_at is not None or not ticket.sizes:
                self._heard.add(ticket.id)
        for tickets in _announced_together([ticket for ticket in waiting if ticket.id not in self._heard]):
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
            is_new = bool(self.spool.waiting()) and self._clone.prepare()
            while tickets := self._take(now):
                self._deliver(tickets, now, report, is_fetched=is_new)
                is_new = False
                self._reach = min(MOST_TICKETS, self._reach * 2)
            if report.landed:
                self._clone.tidy()
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

    def _deliver(
        self, tickets: Sequence[Ticket], now: datetime, report: DeliveryReport, *, is_fetched: bool = False
    ) -> None:
        """Bring tickets of different accounts to main in one push, or find out which of them the gate refuses."""
        for race in range(_RACES):
            if race or not is_fetched:
                self._clone.fetch()
            with Objects(self.clone) as objects:
                tip = self._clone.tip(objects)
                # What landed before somebody was killed who would have written it down.
                landed = self._clone.landed(tip)
                waiting = self.spool.waiting() if landed else []
                self._settle_commits([ticket for ticket in waiting if ticket.id in landed], landed, now, report)
                others = [ticket for ticket in tickets if ticket.id not in landed]
                batch = self._clone.build(objects, tip, others, now)
            for ticket in batch.settled:
                self._settle(ticket, report)
            if not batch.tickets:
                return
            self.remote.send_objects(self.clone, stored(batch.tickets))
            report.pushes += 1
            answer = self.remote.push(self.clone, batch.head)
            if answer.outcome is PushOutcome.LANDED:
                self._settle_commits(batch.tickets, batch.commits, now, report)
                return
            if answer.outcome is PushOutcome.REFUSED:
                self._divide(batch, answer, now, report)
                return
            if answer.outcome is PushOutcome.UNDECIDED:
                raise self._undecided(batch.tickets, answer, now)
        raise LichengError("APP338", case="moved", detail=str(_RACES))

    def _undecided(self, tickets: Sequence[Ticket], answer: PushAnswer, now: datetime) -> LichengError:
        """Why nothing was judged; the next push is of fewer, should one hand-in be what the server cannot judge."""
        if answer.codes:
            self._reach = max(1, len(tickets) // 2)
            if len(tickets) == 1:
                self._aside[tickets[0].account] = now + _ASIDE
        return LichengError("APP338", case="undecided", detail=" ".join(answer.codes) or "-")

    def _divide(self, batch: Batch, answer: PushAnswer, now: datetime, report: DeliveryReport) -> None:
        """Bring together those that nothing speaks against, the others by themselves; refused alone is given back."""
        if frozenset(answer.codes) <= _OURS:
            raise LichengError("APP338", case="account", detail=" ".join(answer.codes))
        tickets, findings = batch.tickets, self._judge(batch, now)
        if len(tickets) == 1:
            self._settle(refused(tickets[0], answer, findings, now), report)
            return
        places = {finding.location.path for finding in findings}
        folders = (student_folder(f"{place}/") for place in places)
        suspects = {folder.rpartition("/")[2] for folder in folders if folder is not None}
        spoken_of = [ticket.account in suspects or not places.isdisjoint(ticket.files) for ticket in tickets]
        others = [ticket for ticket, is_spoken_of in zip(tickets, spoken_of, strict=True) if not is_spoken_of]
        alone_each = [[ticket] for ticket, is_spoken_of in zip(tickets, spoken_of, strict=True) if is_spoken_of]
        half = len(tickets) // 2
        groups = [others, *alone_each] if alone_each else [[*tickets[:half]], [*tickets[half:]]]
        for group in groups:
            if group:
                self._deliver(group, now, report)

    def _judge(self, batch: Batch, now: datetime) -> tuple[LocatedFinding, ...]:
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
            self._clone.store.path(digest).unlink(missing_ok=True)
        if ticket.state is TicketState.LANDED:
            report.landed += 1
        else:
            report.refused += 1

    def _settle_commits(
        self, tickets: Sequence[Ticket], commits: Mapping[str, str], now: datetime, report: DeliveryReport
    ) -> None:
        """Write down that tickets have landed with their commits."""
        for ticket in tickets:
            landed = replace(ticket, state=TicketState.LANDED, commit=commits[ticket.id], settled_at=now)
            self._settle(landed, report)

    def run(
        self, stop: Event, clock: Callable[[], datetime], tell: Callable[[Exception], None], every: float = _EVERY
    ) -> None:
        """Deliver until told to stop.

        Args:
            stop: ends it, at its next look.
            clock: UTC.
            tell: is told of all trouble, also of what nobody foresaw; the work goes on.
            every: seconds between two looks into the spool; after trouble they grow to a minute.
        """

        def deliver() -> None:
            trouble = self.deliver(clock()).trouble
            if trouble is not None:
                raise trouble
            self.spool.sweep(time.time())

        repeated(deliver, stop, tell, every, _LONGEST_PAUSE)

    def run_announcements(self, stop: Event, tell: Callable[[Exception], None], every: float = _EVERY) -> None:
        """Announce until told to stop, as `run`: beside it, as what waits to be delivered is announced at once."""
        repeated(self.announce, stop, tell, every, _LONGEST_PAUSE)


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
