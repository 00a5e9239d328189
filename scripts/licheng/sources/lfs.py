"""The Git LFS objects of a repository: `lfs/objects/aa/bb/<sha256>`, outside history, as git-lfs itself lays them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

OID = re.compile(r"[0-9a-f]{64}", re.ASCII)


class RefusedObjectError(Exception):
    """The bytes are not the object that was announced; nothing is kept. `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LfsStore(NamedTuple):
    """The store of one repository.

    Attributes:
        folder: holds the objects; it may not exist yet.
        complete: every object must be here, as on the server; an ordinary clone holds those that it fetched.
    """

    folder: Path
    complete: bool = False

    @classmethod
    def of(cls, repository: Path) -> LfsStore | None:
        """The store of a repository, work tree or bare; a bare one is a server, whose store is complete.

        Git's own folder is known by its layout (gitrepository-layout(5)); without one there is no store.
        """
        beside = repository / ".git"
        if beside.is_file():  # a work tree of its own, or a submodule
            beside = repository / beside.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
        for own in (repository, beside):
            pointer = own / "commondir"  # where several work trees keep what they share
            common = (own / pointer.read_text(encoding="utf-8").strip()).resolve() if pointer.is_file() else own
            if (own / "HEAD").is_file() and (common / "objects").is_dir() and (common / "refs").is_dir():
                bare = own == repository and own.name != ".git"
                return cls(common / "lfs" / "objects", complete=bare)
        return None

    def path(self, oid: str) -> Path:
        """Where the object of that SHA-256 (64 hex digits) lies, or would."""
        return self.folder / oid[:2] / oid[2:4] / oid

    def size(self, oid: str) -> int | None:
        """Bytes of an object; None where it is not here."""
        path = self.path(oid)
        return path.stat().st_size if path.is_file() else None

    def head(self, oid: str, most: int) -> bytes | None:
        """The first bytes of an object, `most` of them; None where it is not here."""
        path = self.path(oid)
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(most)

    def receive(self, oid: str, size: int, chunks: Iterable[bytes]) -> None:
        """Take an object in: checked while it comes, seen by others only when it is whole, never overwritten.

        Args:
            oid: its SHA-256, 64 hex digits.
            size: its bytes.
            chunks: read to their end in every case.

        Raises:
            RefusedObjectError: size or digest differ (`size`, `digest`), or other bytes lie there (`damaged`).
            OSError: it cannot be written.
        """
        temporary = self.folder.parent / "incoming" / f"{oid}.{os.urandom(8).hex()}"
        temporary.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_checked(temporary, oid, size, chunks)
            target = self.path(oid)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:  # a link fails where a rename would overwrite; of two who upload the same, either may win
                os.link(temporary, target)
            except FileExistsError as error:
                if self.size(oid) != size:
                    raise RefusedObjectError("damaged") from error
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            temporary.unlink(missing_ok=True)


def _write_checked(temporary: Path, oid: str, size: int, chunks: Iterable[bytes]) -> None:
    digest, written = hashlib.sha256(), 0
    with temporary.open("xb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written <= size:  # what is too long is read to its end, and thrown away
                digest.update(chunk)
                file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if written != size:
        raise RefusedObjectError("size")
    if digest.hexdigest() != oid:
        raise RefusedObjectError("digest")
    temporary.chmod(0o444)
