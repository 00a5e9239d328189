"""One file's bytes on the disk: whole, or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write_new(target: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that is not there yet; after an error none is.

    Args:
        target: where.
        data: what.
        mode: its rights, as in open(2).

    Raises:
        FileExistsError: it is there.
    """
    handle = os.open(target, _NEW, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def temporary(target: Path, data: bytes, mode: int = 0o666) -> Path:
    """The bytes under a name of their own beside the target, whose place they will take."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}~")
    write_new(beside, data, mode)
    return beside
