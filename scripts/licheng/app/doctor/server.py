"""A school's own server: the hooks that judge every push, what Git itself must refuse, and the receipt log."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from licheng.app.server.install import HOOKS, SETTINGS
from licheng.app.server.names import MAIN
from licheng.app.server.receipt_key import is_signed
from licheng.app.server.received import ReceiptLog
from licheng.core.diagnosis import Diagnosis, State
from licheng.core.errors import LichengError
from licheng.policy.receipts import ACCEPTED, discrepancies, statement
from licheng.signing.public_key import PublicKey
from licheng.sources.reflog import moves
from licheng.sources.repository import Repository

_SHOWN = 5  # of what does not fit

# What installing sets; a web server is spoken of where it is asked who can clone.
WANTED = {name: value for name, value in SETTINGS.items() if not name.startswith("http.")}


def examine(repository: Repository, recorded: str | None = None) -> Iterator[Diagnosis]:
    """The hooks, then the settings, then the collector of garbage, then the receipts."""
    for name in HOOKS:
        yield _hook(repository, name)
    settings = repository.settings()
    for name, wanted in WANTED.items():
        value = settings.get(name.lower(), "-")
        yield Diagnosis(
            "DOC041", State.OK if value == wanted else State.WRONG, {"name": name, "value": value, "wanted": wanted}
        )
    prune = settings.get("gc.pruneexpire", "2.weeks.ago")
    yield Diagnosis("DOC042", State.WRONG if prune in {"now", "all"} else State.OK, {"value": prune})
    yield from _receipts(repository, recorded)


def _hook(repository: Repository, name: str) -> Diagnosis:
    """There, executable, and calling the engine that runs this."""
    path = Path(repository.says("rev-parse", "--git-path", f"hooks/{name}"))
    path = path if path.is_absolute() else repository.git_dir / path
    values = {"path": str(path), "engine": str(Path(sys.executable).parent), "repository": str(repository.git_dir)}
    ready = path.is_file() and os.access(path, os.X_OK)
    ours = ready and values["engine"] in path.read_text(encoding="utf-8", errors="replace")
    return Diagnosis("DOC040", State.OK if ours else State.WRONG, values)


def _receipts(repository: Repository, recorded: str | None) -> Iterator[Diagnosis]:
    """The log follows from itself, knows every push that Git remembers, tells what Git tells, and is signed."""
    log = ReceiptLog.of(repository.git_dir)
    values = {"path": str(log.path)}
    yield _key(log, values)
    if recorded is not None:
        yield _recorded(log, recorded)
    try:
        entries = list(_slim(log.chained()))
        signers = log.key.listed()
    except LichengError as error:
        broken = f"{error.code} {error.values.get('line', '')}".strip()
        yield Diagnosis("DOC043", State.WRONG, {**values, "missing": broken})
        yield Diagnosis("DOC044", State.UNKNOWN, values)
        yield Diagnosis("DOC046", State.UNKNOWN, {**values, "line": broken})
        return
    git_log = [move for move in moves(repository.git_dir, MAIN) if move.how == "push"]
    known = {(entry["base"], entry["head"]) for entry in entries if _may_land(entry)}
    missing = next((move.new for move in reversed(git_log) if (move.old, move.new) not in known), None)
    unsigned = _unsigned(log, signers)
    missing = f"APP166 #{unsigned}" if unsigned is not None else missing
    yield Diagnosis("DOC043", State.OK if missing is None else State.WRONG, {**values, "missing": missing or "-"})
    demo = repository.settings().get("licheng.demo") == "true"
    told = list(islice(discrepancies(entries, git_log, demo=demo), _SHOWN))
    yield Diagnosis("DOC044", State.WRONG if told else State.OK, {**values, "found": ", ".join(told)})
    yield Diagnosis("DOC046", State.OK if unsigned is None else State.WRONG, {**values, "line": f"#{unsigned or 0}"})


def _may_land(entry: Mapping[str, Any]) -> bool:
    """Whether a push between these commits may stand in Git's log: it was let pass, or is said to have landed."""
    return entry["event"] == "landed" or entry.get("outcome") == ACCEPTED


def _slim(entries: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Without what is long: who and when are compared, not what."""
    for entry in entries:
        yield {name: value for name, value in entry.items() if name not in {"things", "reserved", "codes", "signature"}}


def _unsigned(log: ReceiptLog, signers: Sequence[tuple[int, PublicKey]]) -> int | None:
    """The first line that the server's key of then has not signed."""
    for entry in log.chained() if signers else ():
        key = next((key for start, key in reversed(signers) if start <= entry["sequence"]), None)
        if key is not None and not is_signed(entry.get("signature", ""), statement(entry), (key,)):
            return int(entry["sequence"])
    return None


def _key(log: ReceiptLog, values: Mapping[str, str]) -> Diagnosis:
    """There, readable by its owner alone, and the one that the list names last."""
    own, private = log.key.holds(), log.key.private
    told = {**values, "path": str(private), "key": own.fingerprint if own is not None else "-"}
    try:
        listed = log.key.listed()
    except LichengError:
        listed = ()
    closed = own is not None and not private.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ours = bool(listed) and own == listed[-1][1]
    return Diagnosis("DOC045", State.OK if closed and ours else State.WRONG, told)


def _recorded(log: ReceiptLog, recorded: str) -> Diagnosis:
    """Whoever holds the log may hold its key too: what people wrote down elsewhere is what both are held against."""
    own = log.key.holds()
    values = {"recorded": recorded, "key": own.fingerprint if own is not None else "-"}
    return Diagnosis("DOC047", State.OK if recorded == values["key"] else State.WRONG, values)
