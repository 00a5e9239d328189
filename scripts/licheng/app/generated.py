"""Files of a repository that follow from the engine: written by `licheng docs`, checked for drift, never edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from licheng.app import editor
from licheng.sources import resources

LOCK = "requirements/runtime.lock"
# In a school's gate, a demo school has no place.
_DEMO = b" --demo"


def generated(root: Path) -> dict[str, bytes]:
    """The generated files of the repository at `root`, by path."""
    files = {path: text.encode() for path, text in editor.files().items()}
    return files if is_engine(root) else files | of_school()


def is_engine(root: Path) -> bool:
    """Whether the engine that runs lies in this repository, and its own files are the originals."""
    return resources.folder("schemas") == (root / "schemas").resolve()


def of_school() -> dict[str, bytes]:
    """What a school of its own has of the engine's: workflows and forms, schemas for the editor, the lock."""
    files = dict(_copied(".github", ".github")) | dict(_copied("schemas", "schemas"))
    files[LOCK] = (resources.folder("requirements") / "runtime.lock").read_bytes()
    return files


def _copied(name: str, target: str) -> Iterator[tuple[str, bytes]]:
    folder = resources.folder(name)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{target}/{path.relative_to(folder).as_posix()}", path.read_bytes().replace(_DEMO, b"")
