"""A plan: the writes that a command would make, printed by `--dry-run`, applied by one adapter, each atomically."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from licheng.core.errors import UsageError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Plan:
    """Files to write.

    Attributes:
        creates: bytes of files that must not exist yet, by path from the root.
        replaces: of files that exist, the bytes that were read and the new ones, by path from the root.
    """

    creates: Mapping[str, bytes] = field(default_factory=dict)
    replaces: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """What would be written, one line a file."""
        created = [f"+ {path} ({len(data)} bytes)" for path, data in self.creates.items()]
        return created + [f"~ {path} ({len(data)} bytes)" for path, (_, data) in self.replaces.items()]

    def apply(self, root: Path) -> None:
        """Write everything: new files first, so that nothing ever names a file that is not there.

        Raises:
            UsageError: APP009, a file to create exists already; APP021, a folder on the way is a symbolic link;
                APP022, a file was changed by somebody else meanwhile; APP024, it cannot be written.
        """
        for path in (*self.creates, *self.replaces):
            _refuse_links(root, path)
        for path in self.creates:
            if os.path.lexists(root / path):
                raise UsageError("APP009", path=path)
        try:
            for path, data in self.creates.items():
                _create(root / path, path, data)
            for path, (before, data) in self.replaces.items():
                _replace(root / path, path, before, data)
        except OSError as error:
            raise UsageError("APP024", path=error.filename or "", detail=error.strerror or str(error)) from error


def _refuse_links(root: Path, path: str) -> None:
    """Nothing is written through a link, which may lead anywhere."""
    folder = root
    for part in Path(path).parts:
        folder = folder / part
        if folder.is_symlink():
            raise UsageError("APP021", path=folder.relative_to(root).as_posix())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time in a folder, where the system can lock; a lock ends with its process."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _temporary(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}~")
    with temporary.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _create(target: Path, path: str, data: bytes) -> None:
    """A link fails where a rename would overwrite: of two writers at once, one wins and the other is told."""
    temporary = _temporary(target, data)
    try:
        os.link(temporary, target)
    except FileExistsError as error:
        raise UsageError("APP009", path=path) from error
    finally:
        temporary.unlink()


def _replace(target: Path, path: str, before: bytes, data: bytes) -> None:
    """Replace a file that still is what was read; of two writers at once, the second is told."""
    with _alone(target.parent):
        if target.read_bytes() != before:
            raise UsageError("APP022", path=path)
        temporary = _temporary(target, data)
        try:
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_private(target: Path, data: bytes) -> None:
    """Write a file outside the school that its owner alone may read, at once or not at all."""
    temporary = _temporary(target, data)
    try:
        temporary.chmod(0o600)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
