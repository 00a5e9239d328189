"""What differs between two trees of git, one file at a time, so that who has seen enough can stop.

`git diff-tree` collects everything before it prints: a push of thirty kilobytes whose trees name each other ten times
over ten levels took all memory of a machine. Here only folders that differ are read, and only as far as is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from licheng.core.change import Change, Operation
from licheng.core.errors import LichengError
from licheng.sources.git import TREE, Objects, rows

_GONE = "000000"
# Deeper is no record's path; the folder itself is told as a change, which nobody may make (GAT005).
_DEPTH = 64


class _Node(NamedTuple):
    mode: str
    id: str


_NOTHING = _Node(_GONE, "")


class Differences:
    """Trees of one repository, compared."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def between(self, old: str, new: str) -> Iterator[Change]:
        """The changes, without sizes, in the order of paths; an empty folder is told as a change of mode `040000`.

        Args:
            old: a commit's id, or an empty text for nothing at all.
            new: a commit's id.

        Raises:
            LichengError: APP151, a folder holds a name twice, or one that is none.
        """
        before = _Node(TREE, f"{old}^{{tree}}") if old else _NOTHING
        yield from self._compare("", before, _Node(TREE, f"{new}^{{tree}}"), _DEPTH)

    def _compare(self, path: str, old: _Node, new: _Node, depth: int) -> Iterator[Change]:
        folders = [node.id for node in (old, new) if node.mode == TREE]
        listed = dict(zip(folders, self._objects.read_each(folders, "tree"), strict=True))
        olds, news = (_entries(listed.get(node.id, b""), path) for node in (old, new))
        if not depth or (path and not olds and not news):
            yield _change(path, old, new)
            return
        # Git sorts folders as if their names ended in a slash.
        names = sorted({*olds, *news}, key=lambda each: each[0].encode("utf-8", "surrogateescape") + b"/" * each[1])
        for name, is_tree in names:
            before, after = olds.get((name, is_tree), _NOTHING), news.get((name, is_tree), _NOTHING)
            below = f"{path}/{name}" if path else name
            if before != after and is_tree:
                yield from self._compare(below, before, after, depth - 1)
            elif before != after:
                yield _change(below, before, after)


def _entries(folder: bytes, path: str) -> Mapping[tuple[str, bool], _Node]:
    entries = [(name, _Node(mode, sha)) for name, mode, sha in rows(folder)]
    names = {name for name, _ in entries}
    if len(names) != len(entries) or not all(name and "/" not in name for name in names):
        raise LichengError("APP151", path=path or "/")
    return {(name, entry.mode == TREE): entry for name, entry in entries}


def _change(path: str, old: _Node, new: _Node) -> Change:
    operation = Operation.ADD if not old.id else Operation.CHANGE if new.id else Operation.DELETE
    return Change(path, operation, old.mode, new.mode, old.id, new.id)
