"""Git's own log of a branch, which no push can write but as what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from licheng.policy.receipts import Move

_MOVE = re.compile(r"([0-9a-f]{40}) ([0-9a-f]{40}) (.*) <(.*)> ([0-9]{1,12}) [+-][0-9]{4}(?:\t(.*))?", re.ASCII)


def moves(git_dir: Path, ref: str) -> Iterator[Move]:
    """The moves of a branch, oldest first; a line that Git does not write is none.

    Args:
        git_dir: a repository that keeps its references as files, as Git makes it by default.
        ref: as `refs/heads/main`.
    """
    path = git_dir / "logs" / ref
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for line in lines:
            if (match := _MOVE.fullmatch(line.rstrip("\n"))) is not None:
                old, new, name, address, seconds, how = match.groups()
                yield Move(old, new, datetime.fromtimestamp(int(seconds), UTC), name, address, how or "")
