"""Files of a repository that follow from the engine: written by `licheng docs`, checked for drift, never edited."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.app import editor
from licheng.app.day import day_of
from licheng.app.loading.load import load
from licheng.outputs.codeowners import codeowners
from licheng.sources import resources
from licheng.sources.tree import Tree

LOCK = "requirements/runtime.lock"
CODEOWNERS = ".github/CODEOWNERS"
PACKAGE = "scripts/licheng/__init__.py"
# In a school's gate, a demo school has no place.
_DEMO = b" --demo"


def generated(tree: Tree) -> dict[str, bytes]:
    """The generated files of a repository, by path."""
    files = {path: text.encode() for path, text in editor.files().items()}
    school = load(tree, day_of(tree, None)).school
    own = school.one("school")
    if own is not None and "forge" in own.data:  # its organisation on a forge: who must review control there
        files[CODEOWNERS] = codeowners(school, own.data["forge"]).encode()
    return files if is_engine(tree) else of_school() | files


def is_engine(tree: Tree) -> bool:
    """Whether this is the engine's own repository, whose files are the originals."""
    return any(tree.entries(PACKAGE))


def of_school() -> dict[str, bytes]:
    """What a school of its own has of the engine's: workflows and forms, schemas for the editor, the lock."""
    files = dict(_copied(".github", ".github")) | dict(_copied("schemas", "schemas"))
    files.pop(CODEOWNERS, None)  # the demo school's own
    files[LOCK] = (resources.folder("requirements") / "runtime.lock").read_bytes()
    return files


def _copied(name: str, target: str) -> Iterator[tuple[str, bytes]]:
    folder = resources.folder(name)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{target}/{path.relative_to(folder).as_posix()}", path.read_bytes().replace(_DEMO, b"")
