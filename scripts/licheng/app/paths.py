"""Paths that a caller gave, seen from the root of the school's repository."""

from __future__ import annotations

from pathlib import Path


def from_root(root: Path, path: Path) -> str:
    """A path from the root; a symlink that it names is itself looked at, not its target."""
    absolute = path if path.is_absolute() else Path.cwd() / path
    normal = absolute.resolve() if absolute.name in {"..", ""} else absolute.parent.resolve() / absolute.name
    try:
        return normal.relative_to(root).as_posix()
    except ValueError:
        return str(path)
