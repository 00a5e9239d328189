"""A server's main for tests: the demo school in one commit, and commits on top of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.trees import ROOT, load


def git(where: Path, *arguments: str, given: bytes = b"", index: Path | None = None) -> str:
    command = ["git", "-C", str(where), "-c", "user.name=s1130001", "-c", "user.email=s1130001@licheng.invalid"]
    environment = {**os.environ, "GIT_INDEX_FILE": str(index)} if index is not None else None
    done = subprocess.run([*command, *arguments], input=given, capture_output=True, check=True, env=environment)
    return done.stdout.decode().strip()


def demo_repository(folder: Path) -> Path:
    """A bare repository with the school of this checkout, as its files are now, in one pack."""
    repository = folder / "school.git"
    git(folder, "init", "-q", "--bare", "-b", "main", str(repository))
    committed_all(repository, load(ROOT), after="")
    return repository


def copied(source: Path, target: Path) -> Path:
    """A bare repository with the same history, and no hooks; its objects, which nobody ever changes, are not copied."""
    history = {"HEAD", "config", "objects", "packed-refs", "refs"}

    def others(folder: str, names: list[str]) -> set[str]:
        return set(names) - history if folder == str(source) else set()

    def copy(file: str, to: str) -> None:
        (os.link if "/objects/" in file else shutil.copyfile)(file, to)

    shutil.copytree(source, target, copy_function=copy, ignore=others)
    return target


def committed_all(repository: Path, files: Mapping[str, bytes], after: str = "from refs/heads/main^0\n") -> None:
    """A commit on main that puts bytes at many paths; names may hold anything but a quotation mark first."""
    begun = "commit refs/heads/main\ncommitter s1130001 <s1130001@licheng.invalid> now\ndata 0\n"
    stream = [(begun + after).encode()]
    stream += [b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data) for path, data in files.items()]
    git(repository, "fast-import", "--quiet", "--date-format=now", given=b"".join(stream))


def committed(repository: Path, path: str, data: bytes | None) -> str:
    """A commit on main that puts other bytes at a path, or takes the file away; its id."""
    index = repository / "index-of-tests"
    git(repository, "read-tree", "main", index=index)
    blob = git(repository, "hash-object", "-w", "--stdin", given=data) if data is not None else "0" * 40
    mode = "100644" if data is not None else "0"
    git(repository, "update-index", "--index-info", given=f"{mode} {blob}\t{path}\n".encode(), index=index)
    tree = git(repository, "write-tree", index=index)
    commit = git(repository, "commit-tree", tree, "-p", "main", "-m", "A change")
    git(repository, "update-ref", "refs/heads/main", commit)
    return commit
