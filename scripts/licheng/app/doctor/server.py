"""A school's own server: the hooks that judge and record every push, and what Git itself must refuse and remember."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from licheng.app.hook import HOOKS, SETTINGS
from licheng.core.diagnosis import Diagnosis, State
from licheng.sources.repository import Repository

# What installing sets; a web server is spoken of where it is asked who can clone.
WANTED = {name: value for name, value in SETTINGS.items() if not name.startswith("http.")}


def examine(repository: Repository) -> Iterator[Diagnosis]:
    """The hooks, then the settings, then the collector of garbage."""
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


def _hook(repository: Repository, name: str) -> Diagnosis:
    """There, executable, and calling the engine that runs this."""
    path = Path(repository.says("rev-parse", "--git-path", f"hooks/{name}"))
    path = path if path.is_absolute() else repository.git_dir / path
    values = {"path": str(path), "engine": str(Path(sys.executable).parent), "repository": str(repository.git_dir)}
    ready = path.is_file() and os.access(path, os.X_OK)
    ours = ready and values["engine"] in path.read_text(encoding="utf-8", errors="replace")
    return Diagnosis("DOC040", State.OK if ours else State.WRONG, values)
