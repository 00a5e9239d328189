"""A school's own server: the hooks that judge every push, what Git itself must refuse, and the receipt log."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from licheng.app.server.install import HOOKS, SETTINGS
from licheng.app.server.names import MAIN
from licheng.app.server.receipt_key import is_signed
from licheng.app.server.received import ReceiptLog
from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.errors import LichengError
from licheng.policy.receipts import ACCEPTED, discrepancies, statement
from licheng.sources.reflog import moves
from licheng.sources.repository import Repository

_SHOWN = 5  # of what does not fit
_LONG = {"things", "reserved", "codes", "signature"}  # fields of a receipt

# What installing sets; a web server is spoken of where it is asked who can clone.
WANTED = {name: value for name, value in SETTINGS.items() if not name.startswith("http.")}


def examine(repository: Repository, recorded: str | None = None) -> Iterator[Diagnosis]:
    """The hooks, then the settings, then the collector of garbage, then the receipts."""
    hooks = repository.git_dir / repository.says("rev-parse", "--git-path", "hooks")  # or wherever they are said to be
    for name in HOOKS:
        path = hooks / name
        values = {"path": str(path), "engine": str(Path(sys.executable).parent), "repository": str(repository.git_dir)}
        # There, executable, and calling the engine that runs this.
        ready = path.is_file() and os.access(path, os.X_OK)
        ours = ready and values["engine"] in path.read_text(encoding="utf-8", errors="replace")
        yield Diagnosis("DOC040", Health.OK if ours else Health.WRONG, values)
    settings = repository.settings
    for name, wanted in WANTED.items():
        value = settings.get(name.lower(), "-")
        yield Diagnosis(
            "DOC041", Health.OK if value == wanted else Health.WRONG, {"name": name, "value": value, "wanted": wanted}
        )
    prune = settings.get("gc.pruneexpire", "2.weeks.ago")
    yield Diagnosis("DOC042", Health.WRONG if prune in {"now", "all"} else Health.OK, {"value": prune})
    yield from _receipts(repository, recorded)


def _receipts(repository: Repository, recorded: str | None) -> Iterator[Diagnosis]:
    """The log follows from itself, knows every push that Git remembers, tells what Git tells, and is signed."""
    log = ReceiptLog.of(repository.git_dir)
    values = {"path": str(log.path)}
    yield from _key(log, recorded)
    try:
        # Without what is long: who and when are compared, not what.
        entries = [{name: value for name, value in entry.items() if name not in _LONG} for entry in log.chained()]
        signers = log.key.listed()
    except LichengError as error:
        broken = f"{error.code} {error.values.get('line', '')}".strip()
        yield Diagnosis("DOC043", Health.WRONG, {**values, "missing": broken})
        yield Diagnosis("DOC044", Health.UNKNOWN, values)
        yield Diagnosis("DOC046", Health.UNKNOWN, {**values, "line": broken})
        return
    git_log = [move for move in moves(repository.git_dir, MAIN) if move.how == "push"]
    # A push between these commits may stand in Git's log: it was let pass, or is said to have landed.
    landing = (entry for entry in entries if entry["event"] == "landed" or entry.get("outcome") == ACCEPTED)
    known = {(entry["base"], entry["head"]) for entry in landing}
    missing = next((move.new for move in reversed(git_log) if (move.old, move.new) not in known), None)
    unsigned = None  # the first line that the server's key of then has not signed
    for entry in log.chained() if signers else ():
        key = next((key for start, key in reversed(signers) if start <= entry["sequence"]), None)
        if key is not None and not is_signed(entry.get("signature", ""), statement(entry), (key,)):
            unsigned = int(entry["sequence"])
            break
    missing = f"APP166 #{unsigned}" if unsigned is not None else missing
    yield Diagnosis("DOC043", Health.OK if missing is None else Health.WRONG, {**values, "missing": missing or "-"})
    demo = repository.settings.get("licheng.demo") == "true"
    differing = list(islice(discrepancies(entries, git_log, demo=demo), _SHOWN))
    yield Diagnosis("DOC044", Health.WRONG if differing else Health.OK, {**values, "found": ", ".join(differing)})
    yield Diagnosis("DOC046", Health.OK if unsigned is None else Health.WRONG, {**values, "line": f"#{unsigned or 0}"})


def _key(log: ReceiptLog, recorded: str | None) -> Iterator[Diagnosis]:
    """There, readable by its owner alone, the one that the list names last, and the one that was written down.

    Whoever holds the log may hold its key too: what people wrote down elsewhere is what both are held against.
    """
    own, private = log.key.holds(), log.key.private
    fingerprint = own.fingerprint if own is not None else "-"
    try:
        listed = log.key.listed()
    except LichengError:
        listed = ()
    closed = own is not None and not private.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ours = bool(listed) and own == listed[-1][1]
    yield Diagnosis(
        "DOC045", Health.OK if closed and ours else Health.WRONG, {"path": str(private), "key": fingerprint}
    )
    if recorded is not None:
        same = recorded == fingerprint
        yield Diagnosis("DOC047", Health.OK if same else Health.WRONG, {"recorded": recorded, "key": fingerprint})
