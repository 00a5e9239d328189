"""Files that follow from the engine, and the attributes by which Git leaves records as they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from licheng.app.generated import generated
from licheng.core.diagnosis import Diagnosis, Health
from licheng.sources.repository import Repository
from licheng.sources.tree import Tree

ATTRIBUTES = ".gitattributes"
UNTOUCHED = "content/** -text"
_SHOWN = 5


def examine(tree: Tree, repository: Repository | None) -> Iterator[Diagnosis]:
    """Drift, attributes, and Git LFS where the attributes ask for it."""
    files = generated(tree)
    # Listed by the folders at the top: git lists many files as fast as one.
    tops = sorted({path.partition("/")[0] for path in files})
    entries = {entry.path: entry for top in tops for entry in tree.entries(top)}
    drifted = [path for path, data in files.items() if path not in entries or tree.read(entries[path]) != data]
    shown = ", ".join(drifted[:_SHOWN]) + (" …" if len(drifted) > _SHOWN else "")
    yield Diagnosis("DOC020", Health.WRONG if drifted else Health.OK, {"paths": shown})
    attributes = next((tree.read(entry) for entry in tree.entries(ATTRIBUTES)), b"")
    lines = attributes.decode("utf-8", "replace").splitlines()
    yield Diagnosis("DOC021", Health.OK if UNTOUCHED in map(str.strip, lines) else Health.WRONG, {"line": UNTOUCHED})
    if any("filter=lfs" in line for line in lines):
        # Whoever commits needs the program and its filter; a server only keeps the objects.
        there = shutil.which("git-lfs") is not None
        works = repository is None or repository.work_tree is None or bool(repository.setting("filter.lfs.clean"))
        yield Diagnosis("DOC022", Health.OK if there and works else Health.WRONG)
