"""What lies between two commits: every file that differs, and what each commit on the way does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from licheng.core.change import Change, Commit
from licheng.sources import commits
from licheng.sources.differences import Differences
from licheng.sources.git import Objects, run

_GITLINK = "160000"
# How git itself begins a commit with one parent; of any other it is asked.
_ONE_PARENT = re.compile(rb"tree [0-9a-f]{40}\nparent ([0-9a-f]{40})\n(?!parent )")
# Commits that are followed one by one, which takes less than starting a process does.
_LONGEST = 50


@dataclass(frozen=True)
class Span:
    """What lies between two commits of a repository, by their full ids."""

    objects: Objects
    base: str
    head: str

    @cached_property
    def _line(self) -> dict[str, bytes] | None:
        """The commits of a change with their bytes, newest first, where each has one parent; None to ask git."""
        line, sha = dict[str, bytes](), self.head
        while sha != self.base and len(line) < _LONGEST:
            kind, size = self.objects.headers([sha]).get(sha, ("", 0))
            raw = self.objects.read(sha, "commit") if kind == "commit" and size <= commits.MOST_BYTES else b""
            parent = _ONE_PARENT.match(raw)
            if parent is None:
                return None
            line[sha], sha = raw, parent[1].decode()
        return line if sha == self.base else None

    def descends(self) -> bool:
        """Whether base is an ancestor of head by first parents alone: nothing dropped, no foxtrot merge."""
        if self._line is not None:
            return True
        ids = run(self.objects.root, "rev-list", "--first-parent", "--parents", f"{self.base}..{self.head}").split(
            b"\n"
        )
        if len(ids) == 1:
            return self.base == self.head  # otherwise head lies behind base
        last = ids[-2].split()
        return len(last) > 1 and last[1].decode() == self.base

    def had_as_base(self, commit: str, *folders: str) -> bool:
        """Whether a commit lies behind head, or is head, and some folders of it are as base has them.

        Args:
            commit: its full id; of one that is not here the answer is no.
            folders: from the root, each in one line.
        """
        if self.objects.headers([commit]).get(commit, ("", 0))[0] != "commit":
            return False
        if run(self.objects.root, "rev-list", "--max-count=1", commit, f"^{self.head}"):
            return False
        resolved = self.objects.resolve
        return all(resolved(f"{commit}:{folder}") == resolved(f"{self.base}:{folder}") for folder in folders)

    def changes(self, most: int) -> tuple[Change, ...]:
        """Every file that differs, in the order of paths, and one more than `most` where there are more.

        Sizes of new content are known without reading it.
        """
        trees = Differences(self.objects)
        return self._with_sizes(islice(trees.between(self.base, self.head), most + 1))

    def commits(self, most: int, most_changes: int, changes: tuple[Change, ...] = ()) -> tuple[Commit, ...]:
        """The commits of the change, newest first, each with what it does against its first parent.

        Args:
            most: one more comes where there are more.
            most_changes: of all of them together; no more than one over that is read.
            changes: all of base and head, where they are known: what a single commit does.
        """
        if self._line is not None:
            ids, raw = list(self._line)[: most + 1], self._line
        else:
            asked = ("rev-list", f"--max-count={most + 1}", f"{self.base}..{self.head}")
            ids = run(self.objects.root, *asked).decode().split()
            sizes = self._sizes(ids)
            raw = {sha: self.objects.read(sha, "commit") for sha in ids if sizes[sha] <= commits.MOST_BYTES}
        read, left = [], most_changes + 1
        trees = Differences(self.objects)
        for sha in ids:
            commit = commits.parse(sha, raw[sha]) if sha in raw else commits.unread(sha)
            parent = commit.parents[0] if commit.parents else ""
            is_whole = changes and len(changes) <= left and (parent, sha) == (self.base, self.head)
            here = changes if is_whole else self._with_sizes(islice(trees.between(parent, sha), left))
            read.append(replace(commit, changes=here))
            left -= len(here)
        return tuple(read)

    def _with_sizes(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        rows = tuple(changes)
        sizes = self._sizes({row.blob for row in rows if row.blob and row.new_mode != _GITLINK})
        return tuple(replace(row, size=sizes.get(row.blob, 0)) for row in rows)

    def _sizes(self, ids: Iterable[str]) -> dict[str, int]:
        return {sha: size for sha, (_, size) in self.objects.headers(ids).items()}
