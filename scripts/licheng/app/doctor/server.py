"""A school's own server: the hook that judges every push, and what Git itself must refuse and remember."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from licheng.core.diagnosis import Diagnosis, State
from licheng.sources.repository import Repository

HOOK = "pre-receive"
# The hook refuses these as well; the settings hold even where it is taken away.
WANTED = {
    "receive.denyNonFastForwards": "true",
    "receive.denyDeletes": "true",
    "receive.fsckObjects": "true",
    "core.logAllRefUpdates": "true",  # a bare repository keeps no log of its references by itself
}


def examine(repository: Repository) -> Iterator[Diagnosis]:
    """The hook, then the settings, then the collector of garbage."""
    yield _hook(repository)
    settings = repository.settings()
    for name, wanted in WANTED.items():
        value = settings.get(name.lower(), "-")
        yield Diagnosis(
            "DOC041", State.OK if value == wanted else State.WRONG, {"name": name, "value": value, "wanted": wanted}
        )
    prune = settings.get("gc.pruneexpire", "2.weeks.ago")
    yield Diagnosis("DOC042", State.WRONG if prune in {"now", "all"} else State.OK, {"value": prune})


def _hook(repository: Repository) -> Diagnosis:
    """There, executable, and calling the engine that runs this."""
    path = Path(repository.says("rev-parse", "--git-path", f"hooks/{HOOK}"))
    path = path if path.is_absolute() else repository.git_dir / path
    values = {"path": str(path), "engine": str(Path(sys.executable).parent), "repository": str(repository.git_dir)}
    ready = path.is_file() and os.access(path, os.X_OK)
    ours = ready and values["engine"] in path.read_text(encoding="utf-8", errors="replace")
    return Diagnosis("DOC040", State.OK if ours else State.WRONG, values)
