"""Files outside the school that only their owner may read: keys, and lists that name people."""

from __future__ import annotations

import os
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.storage.files import alone, sync, temporaries, temporary


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


def check_outside(target: Path) -> None:
    """Refuse a place within any Git repository, its work tree or the repository itself: one `git add` away from all.

    The folder of a school's records is refused too where it is no repository yet.

    Raises:
        UsageError: APP171, it lies in one.
    """
    for folder in target.resolve().parents:
        is_bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
        is_records = folder.name == "content" and (folder / "school" / "school.yaml").is_file()
        if is_bare or is_records or os.path.lexists(folder / ".git"):
            raise UsageError("APP171", path=str(target), repository=str(folder))


def previous(target: Path) -> Path:
    """Where the generation before a private file lies."""
    return target.with_name(f"{target.name}.previous")


def replace_private(target: Path, before: bytes, after: bytes, *, keeps: bool = True) -> None:
    """Put other bytes in a private file's place, and keep those it had as its previous generation.

    At every moment the file is whole: the one before or the one after.

    Args:
        target: the file.
        before: what was read of it.
        after: what it will hold.
        keeps: whether the generation before stays; else that too is what comes after, and first.

    Raises:
        UsageError: APP022, somebody else wrote it since `before` was read.
    """
    with alone(target.parent):
        for left in (*temporaries(target), *temporaries(previous(target))):
            left.unlink()
        if target.read_bytes() != before:
            raise UsageError("APP022", path=str(target))
        for place, data in ((previous(target), before if keeps else after), (target, after)):
            staged = temporary(place, data, 0o600)
            try:
                staged.replace(place)
            finally:
                staged.unlink(missing_ok=True)
        sync((), target.parent)
