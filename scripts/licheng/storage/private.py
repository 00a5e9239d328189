"""Files outside the school that only their owner may read: keys, and lists that name people."""

from __future__ import annotations

import os
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.storage.files import alone, temporaries, temporary


def check_private(target: Path, root: Path) -> None:
    """Refuse a file inside the school's repository: what names people is never committed.

    Raises:
        UsageError: APP103, it lies inside; APP009, it exists.
    """
    if target.resolve().is_relative_to(root.resolve()):
        raise UsageError("APP103", path=str(target))
    if os.path.lexists(target):
        raise UsageError("APP009", path=str(target))


def write_private(target: Path, data: bytes, *, replaces: bool = True) -> None:
    """Write a file that its owner alone may read, at once or not at all.

    What a killed run of the same left beside it, under a temporary name, goes first: it may name people.

    Args:
        target: where.
        data: what.
        replaces: whether a file that is there is overwritten; else it is refused.

    Raises:
        UsageError: APP009, it exists and is not to be replaced.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with alone(target.parent):
        for left in temporaries(target):
            left.unlink()
        if not replaces and os.path.lexists(target):
            raise UsageError("APP009", path=str(target))
        staged = temporary(target, data, 0o600)
        try:
            staged.replace(target)
        finally:
            staged.unlink(missing_ok=True)
