"""A push at a school's server: judged, written to the receipt log, looked at once more, and what follows its landing.

The actor is the key by which the pusher logged in (`login`). Every push is written to the receipt log.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licheng.app.day import day_of, demo_day
from licheng.app.server.names import ACTOR, CACHE, MAIN
from licheng.app.server.received import ReceiptLog
from licheng.core.errors import ExitCode, LichengError, UsageError
from licheng.core.layout import CERTIFICATIONS, STUDENTS
from licheng.policy.receipts import ACCEPTED, OVERTAKEN
from licheng.sources.git import Objects
from licheng.sources.tree import GITLINK, SYMLINK, CommitTree
from licheng.storage.chain import take
from licheng.storage.folders import write_private_folder

if TYPE_CHECKING:
    from licheng.app.server.gate import Request
    from licheng.core.verdict import Verdict

_NOTHING = "0" * 40
# Where the server keeps its list of names, outside the repository, that no commit may hold; nowhere by default.
_IDENTITIES = "licheng.identities"
_GLASS = "break-glass="


@dataclass(frozen=True)
class Push:
    """One line of what a hook is told."""

    old: str
    new: str
    ref: str


def pushes(lines: Iterable[str]) -> list[Push]:
    """What git writes to a hook's standard input."""
    return [Push(*fields) for line in lines if len(fields := line.split()) == 3]


def pre_receive(objects: Objects, pushed: Sequence[Push], environment: dict[str, str], now: datetime) -> Verdict:
    """Judge a push and write it to the receipt log, whatever comes of it.

    Args:
        objects: an open reader of the repository.
        pushed: what git says of it.
        environment: of the hook.
        now: UTC.

    Raises:
        UsageError: APP098, something else than main moving forward; APP097, nobody logged in; APP168, main has moved.
    """
    from licheng.app.server.gate import gate  # the other hooks of a push judge nothing and need not wait for it

    refs = ", ".join(push.ref for push in pushed)
    if len(pushed) != 1 or pushed[0].ref != MAIN or _NOTHING in (pushed[0].old, pushed[0].new):
        raise UsageError("APP098", refs=refs or "-")
    [push] = pushed
    actor = environment.get(ACTOR)
    if not actor:
        raise UsageError("APP097", actor="-")
    log = ReceiptLog.of(objects.root)
    facts = {"actor": actor, "identity": actor, "base": push.old, "head": push.new}
    try:
        verdict = gate(_request(objects, push, actor, environment, now, log))
    except LichengError as error:
        log.append(now, "received", **facts, outcome="undecided", codes=[error.code], things={})
        raise
    facts["actor"] = verdict.actor
    outcome = "refused"
    if verdict.exit_code is ExitCode.CLEAN:
        # Whoever loses a race is told so as early as it can be known; the last look is `update`'s.
        outcome = ACCEPTED if _main(objects) == verdict.base else OVERTAKEN
    log.append(
        now,
        "received",
        **facts,
        outcome=outcome,
        codes=sorted({finding.code for finding in verdict.report.findings}),
        things=dict(verdict.things),
        reserved=sorted(verdict.reserved),
        **({"glass": verdict.glass} if verdict.glass else {}),
    )
    if outcome == OVERTAKEN:
        raise UsageError("APP168", base=verdict.base[:12], main=_main(objects)[:12])
    return verdict


def _main(objects: Objects) -> str:
    """Where main is now.

    Raises:
        LichengError: APP003, git does not say.
    """
    main = objects.resolve(MAIN)
    if main is None:
        raise LichengError("APP003", command="git cat-file")
    return main


def update(objects: Objects, push: Push, environment: dict[str, str], now: datetime) -> None:
    """The last look before git moves main: of two pushes that were checked at once, one is told to come again.

    Between this and git's own lock lie milliseconds; who loses there is refused by git, in its words.

    Raises:
        UsageError: APP168, main has moved since the push was judged.
    """
    main = _main(objects)
    if main != push.old:
        actor = environment.get(ACTOR, "-")
        ReceiptLog.of(objects.root).append(now, OVERTAKEN, actor=actor, base=push.old, head=push.new)
        raise UsageError("APP168", base=push.old[:12], main=main[:12])


def _request(
    objects: Objects, push: Push, actor: str, environment: dict[str, str], now: datetime, log: ReceiptLog
) -> Request:
    from licheng.app.server.gate import Request

    settings = objects.settings.own
    demo, listed = settings.get("licheng.demo") == "true", settings.get(_IDENTITIES)
    # The push option `break-glass=reason`; None where it was not given, and empty where it gives no reason.
    count = environment.get("GIT_PUSH_OPTION_COUNT", "0")
    options = (environment.get(f"GIT_PUSH_OPTION_{index}", "") for index in range(int(count) if count.isdigit() else 0))
    reasons = (option.removeprefix(_GLASS) for option in options if option.startswith(_GLASS))
    return Request(
        objects.root,
        push.old,
        push.new,
        actor,
        now,
        log=log,
        demo=demo,
        glass=next(reasons, None),
        clock=datetime.now(UTC),
        names=server_names(Path(listed)) if listed else frozenset(),
        objects=objects,
    )


def server_names(path: Path) -> frozenset[str]:
    """The names that no commit may hold, from a plain list.

    The sealed identity table is refused, and no setting takes a key for it: everybody's pushes run here, and whoever
    breaks into a server that has table and key has every identity of the school. A list of names without ID numbers,
    days of birth and pseudonyms is the least that does the work.

    Raises:
        UsageError: APP238, the table was named; of `read_names`.
    """
    from licheng.exchange.identities import is_sealed, read_names  # most hooks judge nothing

    with suppress(OSError):
        if is_sealed(path.read_bytes()):
            raise UsageError("APP238", path=str(path))
    return read_names(path)


@dataclass(frozen=True)
class Landed:
    """A push that main has taken: its line of the log, and what was handed in with it."""

    entry: dict[str, Any]
    things: dict[str, str]


def post_receive(
    repository: Path, pushed: Sequence[Push], environment: dict[str, str], now: datetime
) -> Iterator[Landed]:
    """Write down what has landed, and start what follows without keeping the pusher waiting.

    Raises:
        LichengError: as `ReceiptLog.append`; main has moved all the same, and its receipt is missing.
    """
    log, actor = ReceiptLog.of(repository), environment.get(ACTOR, "-")
    for push in pushed:
        received = log.received(push.old, push.new)
        facts: dict[str, Any] = {"actor": actor, "identity": actor, "base": push.old, "head": push.new}
        if received is not None:
            facts |= {"actor": received["actor"], "received": received["sequence"], "received_at": received["at"]}
        yield Landed(log.append(now, "landed", **facts), received["things"] if received is not None else {})
        trace = (repository / "licheng" / "landing.log").open("ab")
        subprocess.Popen(
            # Those who push next are judged first.
            ["nice", sys.executable, "-m", "licheng", "hook", "landed", push.new, "--repo", str(repository)],
            stdin=subprocess.DEVNULL,
            stdout=trace,
            stderr=trace,
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        )
        trace.close()


def landed(repository: Path, sha: str) -> int | None:
    """Check main as a whole again, and build the site from it: one commit at a time, and of those that wait the last.

    While many push, a check of the whole school a push would take the gate's processors; the last one sees all, and
    judges again only whom something has changed for since the last one of the day.

    Returns:
        The number of errors of main; each is an alarm. None where main has gone on since: what follows that sees it.

    Raises:
        LichengError: APP003, git failed; APP124, the site could not be built from main, which has moved all the same.
    """
    from licheng.app.check import check
    from licheng.core.finding import Severity

    with (repository / "licheng" / "site.lock").open("wb") as lock, Objects(repository) as objects:
        take(lock.fileno())
        if _main(objects) != sha:
            return None
        tree = CommitTree(repository, sha, objects=objects)
        report = check(tree, day_of(tree, None), keep=True)
        target = objects.settings.own.get("licheng.site")
        # The older site must not come back over the newer one.
        if target and _main(objects) == sha:
            _replace_site(repository, sha, Path(target))
    return report.count(Severity.ERROR)


def _replace_site(repository: Path, sha: str, target: Path) -> None:
    """Build in a folder beside the old site and put it in its place by a rename.

    What a school's site counts it reads from the repository's history: students' records are copied of a demo alone.
    """
    with tempfile.TemporaryDirectory(prefix="licheng-", dir=target.parent) as folder:
        source, built = Path(folder, "source"), Path(folder, "site")
        with CommitTree(repository, sha) as tree:
            private = frozenset() if demo_day(tree) is not None else frozenset({STUDENTS, CERTIFICATIONS})
            files = (entry for top in tree.listing("") for entry in tree.entries(top.name, private))
            plain = (entry for entry in files if entry.mode not in {SYMLINK, GITLINK})
            write_private_folder(source, ((entry.path, tree.read(entry)) for entry in plain))
        command = [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "--site-dir", str(built)]
        kept = {CACHE: str((repository / "licheng").absolute()), "GIT_DIR": str(repository.absolute())}
        done = subprocess.run(command, cwd=source, env=os.environ | kept, capture_output=True, check=False)
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or [str(done.returncode)]
            faults = [line for line in lines if line.upper().startswith(("WARNING", "ERROR"))]
            raise LichengError("APP124", sha=sha[:12], detail=" / ".join(faults or lines[-1:]))
        old = Path(folder, "old")
        if target.exists():
            target.rename(old)
        built.rename(target)
        shutil.rmtree(old, ignore_errors=True)
