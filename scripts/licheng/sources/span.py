"""What lies between two commits: every file that differs, and what each commit on the way does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from licheng.core.change import Change, Commit
from licheng.sources import commits
from licheng.sources.differences import Differences
from licheng.sources.git import run

_GITLINK = "160000"


@dataclass(frozen=True)
class Span:
    """What lies between two commits of a repository, by their full ids."""

    root: Path
    base: str
    head: str

    def descends(self) -> bool:
        """Whether base is an ancestor of head by first parents alone: nothing dropped, no foxtrot merge."""
        ids = run(self.root, "rev-list", "--first-parent", "--parents", f"{self.base}..{self.head}").split(b"\n")
        if len(ids) == 1:
            return self.base == self.head  # otherwise head lies behind base
        last = ids[-2].split()
        return len(last) > 1 and last[1].decode() == self.base

    def changes(self, most: int) -> tuple[Change, ...]:
        """Every file that differs, in the order of paths, and one more than `most` where there are more.

        Sizes of new content are known without reading it.
        """
        with Differences(self.root) as trees:
            return self._with_sizes(islice(trees.between(self.base, self.head), most + 1))

    def commits(self, most: int, most_changes: int) -> tuple[Commit, ...]:
        """The commits of the change, newest first, each with what it does against its first parent.

        Args:
            most: one more comes where there are more.
            most_changes: of all of them together; no more than one over that is read.
        """
        ids = run(self.root, "rev-list", f"--max-count={most + 1}", f"{self.base}..{self.head}").decode().split()
        sizes = self._sizes(ids)
        small = [sha for sha in ids if sizes[sha] <= commits.MOST_BYTES]
        raw = dict(_objects(run(self.root, "cat-file", "--batch", given=_lines(small)), small))
        read, left = [], most_changes + 1
        with Differences(self.root) as trees:
            for sha in ids:
                commit = commits.parse(sha, raw[sha]) if sha in raw else commits.unread(sha)
                start = commit.parents[0] if commit.parents else ""
                read.append(replace(commit, changes=self._with_sizes(islice(trees.between(start, sha), left))))
                left -= len(read[-1].changes)
        return tuple(read)

    def _with_sizes(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        rows = tuple(changes)
        sizes = self._sizes({row.blob for row in rows if row.blob and row.new_mode != _GITLINK})
        return tuple(replace(row, size=sizes.get(row.blob, 0)) for row in rows)

    def _sizes(self, ids: Iterable[str]) -> dict[str, int]:
        lines = run(self.root, "cat-file", "--batch-check", given=_lines(ids)).decode().splitlines()
        return {fields[0]: int(fields[2]) for line in lines if len(fields := line.split()) == 3}


def _lines(ids: Iterable[str]) -> bytes:
    return "".join(f"{one}\n" for one in ids).encode()


def _objects(raw: bytes, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The bytes of each commit, from what `cat-file --batch` prints."""
    start = 0
    for sha in ids:
        end = raw.index(b"\n", start)
        size = int(raw[start:end].split()[2])
        yield sha, raw[end + 1 : end + 1 + size]
        start = end + size + 2
