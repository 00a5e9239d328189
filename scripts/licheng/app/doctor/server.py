"""A school's own server: the hooks that judge every push, what Git itself must refuse, and the receipt log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from licheng.app.hook import HOOKS, MAIN, SETTINGS
from licheng.app.receipts import ReceiptLog
from licheng.core.diagnosis import Diagnosis, State
from licheng.core.errors import LichengError
from licheng.sources.repository import Repository

# What installing sets; a web server is spoken of where it is asked who can clone.
WANTED = {name: value for name, value in SETTINGS.items() if not name.startswith("http.")}


def examine(repository: Repository) -> Iterator[Diagnosis]:
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
    yield _receipts(repository)


def _hook(repository: Repository, name: str) -> Diagnosis:
    """There, executable, and calling the engine that runs this."""
    path = Path(repository.says("rev-parse", "--git-path", f"hooks/{name}"))
    path = path if path.is_absolute() else repository.git_dir / path
    values = {"path": str(path), "engine": str(Path(sys.executable).parent), "repository": str(repository.git_dir)}
    ready = path.is_file() and os.access(path, os.X_OK)
    ours = ready and values["engine"] in path.read_text(encoding="utf-8", errors="replace")
    return Diagnosis("DOC040", State.OK if ours else State.WRONG, values)


def _receipts(repository: Repository) -> Diagnosis:
    """The log follows from itself, and knows every push that Git remembers: its end cannot be cut off unseen."""
    log = ReceiptLog.of(repository.git_dir)
    values = {"path": str(log.path)}
    try:
        known = {entry.get("head") for entry in log.entries()}
    except LichengError:
        return Diagnosis("DOC043", State.WRONG, {**values, "missing": "APP093"})
    missing = next((sha for sha in _pushes(repository) if sha not in known), None)
    return Diagnosis("DOC043", State.OK if missing is None else State.WRONG, {**values, "missing": missing or "-"})


def _pushes(repository: Repository) -> Iterator[str]:
    """Commits that became main by a push, newest first, by Git's own log of references."""
    if repository.says("for-each-ref", MAIN):
        for line in repository.says("log", "--walk-reflogs", "--format=%H %gs", MAIN, "--").splitlines():
            sha, _, how = line.partition(" ")
            if how == "push":
                yield sha
