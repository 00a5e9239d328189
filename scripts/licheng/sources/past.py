"""What the commits of a history did to some paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from licheng.core.change import Change, Operation
from licheng.core.moments import nearest_moment
from licheng.policy.audit import Past
from licheng.sources.git import run

_FORMAT = "--format=%x01%H%x00%P%x00%ct%x00%an%x00%ae"
_HEADER = 4  # fields that follow a commit's id
_OPERATIONS = {"A": Operation.ADD, "D": Operation.DELETE}


def past(root: Path, commit: str, paths: Iterable[str]) -> Iterator[Past]:
    """The commits up to one that changed something below the paths, newest first.

    A merge is compared with its first parent.
    """
    literal = [f":(literal,top){path}" for path in paths]
    options = ("--raw", "-z", "--no-abbrev", "--no-renames", "--full-history", "--diff-merges=first-parent")
    raw = run(root, "log", *options, "--root", _FORMAT, commit, "--", *literal)
    fields = iter(field.removeprefix("\n") for field in raw.decode("utf-8", "surrogateescape").split("\0"))
    head: list[str] = []
    changes: list[Change] = []
    for field in fields:
        if field.startswith("\x01"):
            if head:
                yield _past(head, changes)
            head, changes = [field[1:], *(next(fields) for _ in range(_HEADER))], []
        elif field.startswith(":"):
            old, new, before, after, status = field[1:].split()
            changes.append(Change(next(fields), _OPERATIONS.get(status[0], Operation.CHANGE), old, new, before, after))
    if head:
        yield _past(head, changes)


def _past(head: list[str], changes: list[Change]) -> Past:
    sha, parents, when, name, address = head
    return Past(sha, len(parents.split()), nearest_moment(when), f"{name} <{address}>", tuple(changes))


def parents(root: Path, commit: str) -> dict[str, tuple[str, ...]]:
    """The parents of every commit of a history."""
    lines = run(root, "rev-list", "--parents", commit).decode().splitlines()
    return {ids[0]: tuple(ids[1:]) for line in lines if (ids := line.split())}
