"""A plan: the writes that a command would make, printed by `--dry-run`, applied by one adapter, each atomically."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from licheng.core.errors import UsageError


@dataclass(frozen=True)
class Plan:
    """Files to write, in order.

    Attributes:
        creates: bytes of files that must not exist yet, by path from the root.
        replaces: new bytes of files that exist, by path from the root.
    """

    creates: Mapping[str, bytes] = field(default_factory=dict)
    replaces: Mapping[str, bytes] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """What would be written, one line a file."""
        created = [f"+ {path} ({len(data)} bytes)" for path, data in self.creates.items()]
        return created + [f"~ {path} ({len(data)} bytes)" for path, data in self.replaces.items()]

    def apply(self, root: Path) -> None:
        """Write everything: new files first, so that nothing ever names a file that is not there.

        Raises:
            UsageError: APP009, a file to create exists already; nothing was written then.
        """
        for path in self.creates:
            if os.path.lexists(root / path):
                raise UsageError("APP009", path=path)
        for path, data in self.creates.items():
            _create(root / path, path, data)
        for path, data in self.replaces.items():
            _replace(root / path, data)


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


def _replace(target: Path, data: bytes) -> None:
    temporary = _temporary(target, data)
    try:
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
