"""Files of a repository that follow from the engine: written by `licheng docs`, checked for drift, never edited."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.app import editor
from licheng.sources import resources
from licheng.sources.tree import Tree

LOCK = "requirements/runtime.lock"
PACKAGE = "scripts/licheng/__init__.py"
# In a school's gate, a demo school has no place.
_DEMO = b" --demo"


def generated(tree: Tree) -> dict[str, bytes]:
    """The generated files of a repository, by path."""
    files = {path: text.encode() for path, text in editor.files().items()}
    return files if is_engine(tree) else files | of_school()


def is_engine(tree: Tree) -> bool:
    """Whether this is the engine's own repository, whose files are the originals."""
    return any(tree.entries(PACKAGE))


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
