"""One file's bytes on the disk: whole, or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from licheng.core.errors import UsageError, reason_of

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_AT_ONCE = 16  # files that are synced together
_RANDOM = 4  # bytes in a temporary name
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def given(path: Path) -> bytes:
    """The bytes of a file that somebody names.

    Raises:
        UsageError: APP024, it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError("APP024", path=str(path), detail=reason_of(error)) from error


def temporary(target: Path, data: bytes, mode: int = 0o666, *, synced: bool = True) -> Path:
    """The bytes under a name of their own beside the target, whose place they will take; after an error none.

    Args:
        target: whose place.
        data: what.
        mode: its rights from the first moment, as in open(2).
        synced: they are on the disk when this returns; else the caller sees to it, before they take the place.
    """
    beside = target.with_name(f".{target.name}.{secrets.token_hex(_RANDOM)}~")
    handle = os.open(beside, _NEW, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if synced:
                os.fsync(file.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def temporaries(target: Path) -> list[Path]:
    """What killed writers of a file left beside it, and what a living one is about to put in its place."""
    return list(target.parent.glob(f".{escape(target.name)}.{'[0-9a-f]' * 2 * _RANDOM}~"))


def sync_at_once(files: Sequence[Path]) -> None:
    """Files are on the disk when this returns; many are asked for together, as the disk writes them together."""
    with ThreadPoolExecutor(max_workers=min(_AT_ONCE, len(files) or 1)) as pool:
        for _ in pool.map(_sync, files):
            pass


def sync(files: Iterable[Path], top: Path) -> None:
    """Files that lie below a folder, and their names in it, are on the disk when this returns.

    Many that were written before are synced at once: the system has had the time to write most of them.
    """
    above = {top}
    for file in files:
        _sync(file)
        above |= {folder for folder in file.parents if folder.is_relative_to(top)}
    if os.name == "posix":  # a new file's name is on the disk when its folder is
        for folder in sorted(above, reverse=True):
            _sync(folder)


def _sync(path: Path) -> None:
    # Windows syncs only what may be written.
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(folder: Path, *, waits: bool = True) -> Iterator[None]:
    """One writer at a time in a folder, where the system can lock; a lock ends with its process.

    Raises:
        BlockingIOError: another one is at work, and we do not wait.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
