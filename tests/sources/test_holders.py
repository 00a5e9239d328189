"""Who holds a file is found the same with a fresh cache, an old one, a spoilt one and none."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from licheng.sources import git
from licheng.sources import holders as module
from licheng.sources.holders import holders
from licheng.sources.tree import CommitTree

ONE, OTHER = "content/students/113/s1130001", "content/students/114/s1140002"


class Repository:
    """A bare repository of a few files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.trees: list[CommitTree] = []
        subprocess.run(["git", "init", "-q", "--bare", str(root)], check=True)

    def git(self, *arguments: str, given: bytes = b"") -> str:
        env = {**os.environ, "GIT_INDEX_FILE": str(self.root / "an-index")}
        who = ["-c", "user.name=t006", "-c", "user.email=t006@licheng.invalid"]
        command = ["git", *who, "-C", str(self.root), *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=True, env=env).stdout.decode().strip()

    def blob(self, data: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", given=data)

    def commit(self, files: dict[str, bytes]) -> CommitTree:
        """A commit of just these files."""
        lines = "".join(f"100644 {self.blob(data)}\t{path}\n" for path, data in files.items())
        self.git("read-tree", "--empty")
        self.git("update-index", "--index-info", given=lines.encode())
        self.trees.append(CommitTree(self.root, self.git("commit-tree", self.git("write-tree"), "-m", "A state")))
        return self.trees[-1]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    made = Repository(tmp_path / "school.git")
    yield made
    for tree in made.trees:
        tree.__exit__(None, None, None)


def state(repository: Repository, **students: bytes) -> CommitTree:
    """What some students hold: `one` and `other`."""
    folders = {"one": ONE, "other": OTHER}
    files = {f"{folders[name]}/terms/113-1/outputs/run/report.pdf": data for name, data in students.items()}
    records = {f"{folders[name]}/terms/113-1/outputs/run/item.md": b"the same words" for name in students}
    return repository.commit({**files, **records, "content/handbook/run.pdf": b"mine", "README.md": b""})


def test_each_state_is_answered_from_what_it_holds(repository: Repository) -> None:
    mine, new = repository.blob(b"mine"), repository.blob(b"new")
    first = state(repository, one=b"mine", other=b"yours")
    assert holders(first, frozenset({mine})) == {ONE}
    assert holders(first, frozenset({new})) == set()
    assert holders(first, frozenset()) == set()
    second = state(repository, one=b"mine", other=b"new")
    assert holders(second, frozenset({mine, new})) == {ONE, OTHER}
    third = state(repository, one=b"mine", other=b"mine")
    assert holders(third, frozenset({mine})) == {ONE, OTHER}


def test_a_record_is_no_file(repository: Repository) -> None:
    assert holders(state(repository, one=b"mine"), frozenset({repository.blob(b"the same words")})) == set()


def test_only_what_changed_is_read(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = frozenset({repository.blob(b"mine")})
    holders(state(repository, one=b"mine", other=b"yours"), mine)
    asked: list[str] = []

    def listed(root: Path, *arguments: str) -> bytes:
        asked.extend(arguments[arguments.index("--") + 1 :])
        return git.run(root, *arguments)

    monkeypatch.setattr(module, "run", listed)
    assert holders(state(repository, one=b"mine", other=b"new"), mine) == {ONE}
    assert asked == [OTHER]


@pytest.mark.parametrize("spoil", ["not-a-database", "a-folder", "no-folder"])
def test_a_cache_that_cannot_be_used_changes_nothing(repository: Repository, spoil: str) -> None:
    tree = state(repository, one=b"mine", other=b"yours")
    file = repository.root / "licheng" / "holders-1.sqlite"
    if spoil == "no-folder":
        file.parent.write_bytes(b"")
    else:
        file.parent.mkdir()
    if spoil == "not-a-database":
        file.write_bytes(b"no database at all, but long enough to be one" * 100)
    elif spoil == "a-folder":
        file.mkdir()
    assert holders(tree, frozenset({repository.blob(b"mine")})) == {ONE}


def test_a_cache_that_somebody_else_writes_is_not_waited_for(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    mine = frozenset({repository.blob(b"mine")})
    holders(state(repository, other=b"yours"), mine)
    with closing(sqlite3.connect(repository.root / "licheng" / "holders-1.sqlite")) as known:
        known.execute("begin exclusive")
        assert holders(state(repository, one=b"mine", other=b"yours"), mine) == {ONE}


def test_an_old_cache_is_begun_anew(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_READ", 1)
    for _ in range(3):
        tree = state(repository, one=b"mine", other=b"yours")
        assert holders(tree, frozenset({repository.blob(b"yours")})) == {OTHER}


def test_several_at_once(repository: Repository) -> None:
    states = [state(repository, one=b"mine", other=f"version {number}".encode()) for number in range(8)]
    mine = frozenset({repository.blob(b"mine")})
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda tree: holders(tree, mine), states)) == [{ONE}] * 8
