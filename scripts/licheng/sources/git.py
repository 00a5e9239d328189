"""Git as a store of objects: full ids in, bytes out; nobody's settings, replacements or grafts (gate, line 14).

Every call names the repository as safe and keeps the variables of a `pre-receive` quarantine, without which the pushed
objects could not be seen.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from licheng.core.change import Change, Commit, Operation
from licheng.core.errors import LichengError, UsageError

_ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
_SHA = re.compile(r"[0-9a-f]{40}", re.ASCII)
_AUTHOR = re.compile(rb"author (.*) <([^<>]*)> [0-9]+ [+-][0-9]{4}")
_NOTHING = "0" * 40
_GONE = "000000"
_GITLINK = "160000"


def open_git(root: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A git process on the objects of a repository, with pipes."""
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | _ENVIRONMENT,
    )


def run(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What a git command prints.

    Raises:
        LichengError: APP003, it failed.
    """
    process = open_git(root, *arguments)
    out, _ = process.communicate(given)
    if process.returncode:
        raise LichengError("APP003", command=f"git {arguments[0]}")
    return out


def full_id(root: Path, text: str) -> str:
    """A full id of a commit that is here.

    Raises:
        UsageError: APP091, it is not 40 hexadecimal digits; APP002, there is no such commit.
    """
    if not _SHA.fullmatch(text):
        raise UsageError("APP091", revision=text)
    process = open_git(root, "cat-file", "-e", f"{text}^{{commit}}")
    process.communicate()
    if process.returncode:
        raise UsageError("APP002", revision=text)
    return text


def refuse_partial(root: Path) -> None:
    """A repository that does not hold everything cannot be judged.

    Raises:
        LichengError: APP092, it is shallow or partial.
    """
    if run(root, "rev-parse", "--is-shallow-repository").strip() != b"false":
        raise LichengError("APP092", detail="shallow")
    process = open_git(root, "config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$")
    partial, _ = process.communicate()
    if partial.strip():
        raise LichengError("APP092", detail="partial")


@dataclass(frozen=True)
class Span:
    """What lies between two commits of a repository."""

    root: Path
    base: str
    head: str

    def descends(self) -> bool:
        """Whether base is an ancestor of head by first parents alone: nothing dropped, no foxtrot merge."""
        ids = run(self.root, "rev-list", "--first-parent", "--parents", f"{self.base}..{self.head}").split(b"\n")
        last = ids[-2].split() if len(ids) > 1 else [b"", self.base.encode()]
        return len(last) > 1 and last[1].decode() == self.base

    def changes(self) -> tuple[Change, ...]:
        """Every file that differs, in the order of paths; sizes of new content without reading it."""
        rows = list(_rows(run(self.root, "diff-tree", "-r", "-z", "--no-renames", "--raw", self.base, self.head)))
        sizes = self._sizes(blob for _, _, blob, mode, _ in rows if mode not in {_GONE, _GITLINK})
        return tuple(
            Change(path, _operation(status), old, new, "" if blob == _NOTHING else blob, sizes.get(blob, 0))
            for status, old, blob, new, path in rows
        )

    def _sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        wanted = "".join(f"{blob}\n" for blob in dict.fromkeys(blobs))
        lines = run(self.root, "cat-file", "--batch-check", given=wanted.encode()).decode().splitlines()
        return {fields[0]: int(fields[2]) for line in lines if len(fields := line.split()) == 3}

    def commits(self, most: int, *, with_paths: bool) -> tuple[Commit, ...]:
        """The commits of the change, newest first, and one more than `most` where there are more.

        Args:
            most: how many are wanted.
            with_paths: whether to ask what each changes against its first parent.
        """
        ids = run(self.root, "rev-list", f"--max-count={most + 1}", f"{self.base}..{self.head}").decode().split()
        return tuple(self._commit(sha, with_paths=with_paths) for sha in ids)

    def _commit(self, sha: str, *, with_paths: bool) -> Commit:
        head = run(self.root, "cat-file", "commit", sha).partition(b"\n\n")[0].split(b"\n")
        parents = tuple(line[7:].decode() for line in head if line.startswith(b"parent "))
        author = next((match for line in head if (match := _AUTHOR.fullmatch(line))), None)
        name, address = (part.decode("utf-8", "backslashreplace") for part in author.groups()) if author else ("", "")
        paths = self._paths(parents, sha) if with_paths else frozenset()
        return Commit(sha, parents, name, address, paths)

    def _paths(self, parents: tuple[str, ...], sha: str) -> frozenset[str]:
        start = [parents[0]] if parents else ["--root"]
        raw = run(self.root, "diff-tree", "-r", "-z", "--no-renames", "--name-only", "--no-commit-id", *start, sha)
        return frozenset(path.decode("utf-8", "surrogateescape") for path in raw.split(b"\0") if path)


def _rows(raw: bytes) -> Iterator[tuple[str, str, str, str, str]]:
    """Status, old mode, new blob, new mode and path of each line of `diff-tree --raw -z`."""
    fields = raw.split(b"\0")
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        old, new, _, blob, status = meta.decode().removeprefix(":").split()
        yield status[0], old, blob, new, path.decode("utf-8", "surrogateescape")


def _operation(status: str) -> Operation:
    return {"A": Operation.ADD, "D": Operation.DELETE}.get(status, Operation.CHANGE)


def paths_of_blobs(root: Path, commit: str, below: str, blobs: frozenset[str]) -> list[str]:
    """Where the same content stands below a folder."""
    wanted = {blob.encode() for blob in blobs}
    found = []
    for line in run(root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", f"{below}/").split(b"\0"):
        if line[12:52] in wanted:
            found.append(line.partition(b"\t")[2].decode("utf-8", "surrogateescape"))
    return found
