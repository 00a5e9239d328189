"""Sealing and opening files as streams: read once, hashed on both sides, never twice in memory."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from licheng.app.backup.manifest import BackupFile
from licheng.core.errors import LichengError
from licheng.exchange import age

Progress = Callable[[int], None]  # how many bytes more are done


class Counted:
    """A stream that is hashed and counted on its way; reading ends after `most` bytes."""

    def __init__(self, stream: age.Readable | age.Writable, progress: Progress, most: int | None = None) -> None:
        self._stream = stream
        self._progress = progress
        self._left = most
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of what has come by, 64 hex digits."""
        return self._digest.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        """As of a file."""
        if self._left is not None:
            size = self._left if size < 0 else min(size, self._left)
        data = self._stream.read(size)  # type: ignore[union-attr]
        if self._left is not None:
            self._left -= len(data)
        self._count(data)
        return data

    def write(self, data: bytes, /) -> int:
        """As of a file."""
        self._stream.write(data)  # type: ignore[union-attr]
        self._count(data)
        return len(data)

    def flush(self) -> None:
        """As of a file."""
        self._stream.flush()  # type: ignore[union-attr]

    def _count(self, data: bytes) -> None:
        self._digest.update(data)
        self.size += len(data)
        self._progress(len(data))


@dataclass(frozen=True)
class Sealer:
    """Seals into one backup.

    Attributes:
        folder: the backup.
        recipients: who can open what is sealed.
        progress: what is called with the bytes of content that are done.
    """

    folder: Path
    recipients: Sequence[age.Recipient]
    progress: Progress

    def seal(self, source: age.Readable, path: str, place: str, start: int = 0, most: int | None = None) -> BackupFile:
        """Seal a stream into a new file that its owner alone may read; it is not yet sure to be on the disk.

        Args:
            source: read to its end, or until `most` bytes.
            path: of the file, from the top of the backup; what a killed run left there is replaced.
            place: see `BackupFile`.
            start: see `BackupFile`.
            most: bytes.

        Raises:
            LichengError: APP193, it could not be written to its end.
        """
        target = self.folder / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        content = Counted(source, self.progress, most)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            lying = Counted(file, _nobody)
            age.encrypt(content, lying, self.recipients, str(target))
        return BackupFile(path, lying.size, lying.sha256, place, content.size, content.sha256, start)


def opened(folder: Path, part: BackupFile, target: Path, keys: Sequence[age.Identity], progress: Progress) -> None:
    """Write the content of a part at the end of a file, and hold both against the manifest.

    Raises:
        LichengError: APP193, it could not be written; APP194, no key opens it; APP198, the file or its content is not
            what the manifest says.
    """
    with _part(folder, part) as file, target.open("ab") as there:
        lying, content = Counted(file, _nobody), Counted(there, progress)
        age.decrypt(lying, content, keys, part.path)
        must_be(part, lying)
        if (content.size, content.sha256) != (part.content_size, part.content_sha256):
            raise LichengError("APP198", path=part.path, case="content")


def copied(folder: Path, part: BackupFile, target: Path, progress: Progress) -> None:
    """Copy a part as it lies there.

    Raises:
        LichengError: APP198, the file is not what the manifest says.
    """
    with _part(folder, part) as file, target.open("xb") as there:
        lying = Counted(file, progress)
        shutil.copyfileobj(lying, there)
    must_be(part, lying)


def must_be(part: BackupFile, lying: Counted) -> None:
    """Refuse a file whose bytes are not those of the manifest.

    Raises:
        LichengError: APP198.
    """
    if (lying.size, lying.sha256) != (part.size, part.sha256):
        raise LichengError("APP198", path=part.path, case="file")


def _part(folder: Path, part: BackupFile) -> BinaryIO:
    try:
        return (folder / part.path).open("rb")
    except OSError as error:
        raise LichengError("APP198", path=part.path, case="missing") from error


def _nobody(_done: int) -> None:
    """Tell nobody."""
