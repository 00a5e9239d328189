"""A tree with some more files, a work tree and a commit: three ways to the same files list and read the same."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licheng.core.errors import UsageError
from licheng.sources.tree import CommitTree, Entry, Tree, With, WorkTree, find_repository

THERE = {
    "content/school/school.yaml": b"kind: school/v1\n",
    "content/students/113/s1139901/a-b/x.md": b"1",
    "content/students/113/s1139901/a/x.md": b"22",
    "content/students/113/s1139901/a.md": b"333",
    "content/students/113/s1139901/student.yaml": b"4444",
    "content/students/113/s1139902/student.yaml": b"5",
    "content/handbook/index.md": b"6",
}
# Names whose order by folders is not their order by characters, a new folder, a file that replaces one.
MORE = {
    "content/students/113/s1139901/a/b/y.md": b"deep",
    "content/students/113/s1139901/a+/y.md": b"plus sorts before the slash",
    "content/students/113/s1139901/a0/y.md": b"nought sorts behind it",
    "content/students/113/s1139901/student.yaml": b"replaced, and longer",
    "content/students/114/s1149901/student.yaml": b"a new cohort",
    "content/students-old/x.md": b"a sibling of the same beginning",
    "content/calendar/115-1.yaml": b"",
    "outside.txt": b"outside",
}
PREFIXES = (
    "content",
    "content/students",
    "content/students/113",
    "content/students/113/s1139901/a",
    "content/students/113/s1139901/student.yaml",
    "content/students/114",
    "content/calendar/115-1.yaml",
    "content/none",
)
WITHOUT = (frozenset[str](), frozenset({"content/students"}), frozenset({"content/students", "content/calendar"}))


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def seen(tree: Tree, prefix: str, without: frozenset[str] = frozenset()) -> list[tuple[Entry, bytes]]:
    """What a reader gets, object ids aside."""
    return [(Entry(entry.path, entry.mode, entry.size), tree.read(entry)) for entry in tree.entries(prefix, without)]


@pytest.fixture
def overlay(tmp_path: Path) -> tuple[Tree, Tree]:
    """Files laid over a work tree, and a work tree in which they lie."""
    return With(WorkTree(write(tmp_path / "one", THERE)), MORE), WorkTree(write(tmp_path / "two", THERE | MORE))


@pytest.mark.parametrize("without", WITHOUT, ids=len)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_entries_and_bytes(overlay: tuple[Tree, Tree], prefix: str, without: frozenset[str]) -> None:
    laid, there = overlay
    if not without or prefix == "content":  # what is left out lies directly below what is asked for
        assert seen(laid, prefix, without) == seen(there, prefix, without)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_folders(overlay: tuple[Tree, Tree], prefix: str) -> None:
    laid, there = overlay
    if not prefix.endswith(".yaml"):
        assert laid.folders(prefix) == there.folders(prefix)


def test_a_replaced_file_comes_once_with_its_new_bytes(overlay: tuple[Tree, Tree]) -> None:
    path = "content/students/113/s1139901/student.yaml"
    [(entry, data)] = seen(overlay[0], path)
    assert (entry.size, data) == (len(MORE[path]), MORE[path])
    assert [entry.path for entry in overlay[0].entries("content")].count(path) == 1


def test_nothing_is_written(tmp_path: Path) -> None:
    list(With(WorkTree(write(tmp_path, THERE)), MORE).entries("content"))
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(THERE)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t901", "-c", "user.email=t901@licheng.invalid", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_over_a_commit(overlay: tuple[Tree, Tree], tmp_path: Path, prefix: str) -> None:
    git(tmp_path / "one", "init", "-q")
    git(tmp_path / "one", "add", "-A")
    git(tmp_path / "one", "commit", "-qm", "all")
    with CommitTree(tmp_path / "one", "HEAD") as commit:
        laid = With(commit, MORE)
        assert seen(laid, prefix) == seen(overlay[1], prefix)
        if not prefix.endswith(".yaml"):
            assert laid.folders(prefix) == overlay[1].folders(prefix)


# A work tree and a commit of it

ODD = (
    "a.yml", "a.yaml", "a.yaml.age", "a.yaml.bak", "a.md", "a.MD", "a.markdown", "a.json", "a.json.sig", "a.txt",
    "a.orig", "a.rej", "a.tmp", "a.pyc", "a.swo", "a.", "a", ".a", ".gitignore", ".gitattributes", ".gitkeep",
    "a.lock", "a~b", "~a", "a.swp.md", "thumbs.db", "名稱.yml", "a b.yaml", "a\nb.yaml", "a\\b.yaml", 'a"b.yaml',
    "a/b.yml", "a.d/b.yml", "a-/b.yml", "__pycache__/b.pyc", ".venv/b.yml", "site/b.yml", "build/b.yml",
    ".cache/b.yml", "node_modules/b.yml",
)  # fmt: skip


def test_files_of_odd_endings_are_in_a_work_tree_as_in_its_commit(tmp_path: Path) -> None:
    """A file that only one of them lists would be checked on one computer and not on another."""
    names = [f"content/students/113/s1139901/{name}" for name in ODD if name not in {"a", "a/b.yml", ".gitignore"}]
    write(tmp_path, {name: name.encode() for name in names})
    write(tmp_path, {"content/handbook/a": b"1", "content/training/a/b.yml": b"2"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-Af")
    git(tmp_path, "commit", "-qm", "all")
    with CommitTree(tmp_path, "HEAD") as commit:
        assert seen(WorkTree(tmp_path), "content") == seen(commit, "content")
    assert len(seen(WorkTree(tmp_path), "content")) == len(names) + 2


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", ".item.md.swp", "item.md~"])
def test_only_what_editors_leave_behind_is_left_out(tmp_path: Path, name: str) -> None:
    """Of a work tree; the repository's .gitignore names the same, so that no commit has it."""
    write(tmp_path, {"content/handbook/index.md": b"1", f"content/handbook/{name}": b"2"})
    assert [entry.path for entry in WorkTree(tmp_path).entries("content")] == ["content/handbook/index.md"]


_NAME = st.text(alphabet="ab0-.+_ ", min_size=1, max_size=4).filter(
    lambda name: name.strip(". ") != "" and not name.endswith((".swp", "~"))
)
_PATH = st.lists(_NAME, min_size=1, max_size=3).map("/".join)


def _free(paths: list[str]) -> list[str]:
    """Paths of which none is a folder of another."""
    return [path for path in paths if not any(other.startswith(path + "/") for other in paths)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PATH, min_size=1, max_size=8, unique=True).map(_free), st.data())
def test_any_files_laid_over_any(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str], data: st.DataObject
) -> None:
    laid = set(data.draw(st.lists(st.sampled_from(paths), unique=True)))
    files = {f"content/{path}": path.encode() for path in paths}
    below = {path: content for path, content in files.items() if path.removeprefix("content/") not in laid}
    above = {path: content for path, content in files.items() if path not in below}
    folder = tmp_path_factory.mktemp("any")
    (folder / "one/content").mkdir(parents=True)
    one, two = With(WorkTree(write(folder / "one", below)), above), WorkTree(write(folder / "two", files))
    assert seen(one, "content") == seen(two, "content")
    assert one.folders("content") == two.folders("content")


# Where a repository is


def test_the_repository_of_a_commit_needs_no_work_tree(tmp_path: Path) -> None:
    write(tmp_path / "one", THERE)
    git(tmp_path / "one", "init", "-q")
    git(tmp_path / "one", "add", "-A")
    git(tmp_path / "one", "commit", "-qm", "all")
    git(tmp_path, "clone", "-q", "--bare", "one", "bare.git")
    assert find_repository(tmp_path / "bare.git") == tmp_path / "bare.git"
    assert find_repository(tmp_path / "one/content/school") == tmp_path / "one"
    with CommitTree(tmp_path / "bare.git", "HEAD") as commit:
        assert seen(commit, "content") == seen(WorkTree(tmp_path / "one"), "content")
    (tmp_path / "none").mkdir()
    with pytest.raises(UsageError) as caught:
        find_repository(tmp_path / "none")
    assert caught.value.code == "APP002"
