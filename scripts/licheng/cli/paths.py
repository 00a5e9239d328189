"""Paths that a caller gave, seen from the root of the school's repository."""

from __future__ import annotations

from pathlib import Path

from licheng.core.errors import UsageError


def from_root(root: Path, path: Path) -> str:
    """A path from the root; a symlink that it names is itself looked at, not its target.

    Raises:
        UsageError: APP004, it lies outside.
    """
    absolute = path if path.is_absolute() else Path.cwd() / path
    normal = absolute.resolve() if absolute.name in {"..", ""} else absolute.parent.resolve() / absolute.name
    try:
        return normal.relative_to(root).as_posix()
    except ValueError as error:
        raise UsageError("APP004", path=str(path)) from error
