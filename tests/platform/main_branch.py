"""A server's main for tests: the demo school in one commit, and commits on top of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.trees import ROOT, load


def git(where: Path, *arguments: str, given: bytes = b"") -> str:
    command = ["git", "-C", str(where), "-c", "user.name=s1130001", "-c", "user.email=s1130001@licheng.invalid"]
    done = subprocess.run([*command, *arguments], input=given, capture_output=True, check=True)
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


def committed_all(repository: Path, files: Mapping[str, bytes | None], after: str = "from refs/heads/main^0\n") -> str:
    """A commit on main that puts bytes at many paths, or takes files away; its id.

    Names may hold anything but a quotation mark first.
    """
    begun = "commit refs/heads/main\nmark :1\ncommitter s1130001 <s1130001@licheng.invalid> now\ndata 8\nA change\n"
    stream = [(begun + after).encode()]
    stream += [
        b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
        if data is not None
        else b"D %s\n" % path.encode()
        for path, data in files.items()
    ]
    stream.append(b"get-mark :1\n")
    return git(repository, "fast-import", "--quiet", "--date-format=now", given=b"".join(stream))


def committed(repository: Path, path: str, data: bytes | None) -> str:
    """A commit on main that puts other bytes at a path, or takes the file away; its id."""
    return committed_all(repository, {path: data})
