"""A work tree and a git commit of the same files behave alike; git's own tricks change nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.core.errors import LichengError, UsageError
from licheng.sources import tree
from licheng.sources.git import Objects
from licheng.sources.reading import read_student
from licheng.sources.shelf import Readings
from licheng.sources.tree import GITLINK, CommitTree, Entry, Tree, WorkTree, find_root
from tests.trees import ROOT


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t901", "-c", "user.email=t901@licheng.invalid", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def school(tmp_path: Path) -> Path:
    files = {
        "content/school/school.yaml": "kind: school/v1\n",
        "content/students/113/s1139901/a-b/x.md": "1",
        "content/students/113/s1139901/a/x.md": "22",
        "content/students/113/s1139901/a.md": "333",
        "content/students/113/s1139902/名 稱.txt": "4444",
        "content/handbook/index.md": "5",
        "other.txt": "6",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path


@pytest.fixture
def trees(school: Path) -> Iterator[tuple[Tree, Tree]]:
    with CommitTree(school, "HEAD") as commit:
        yield WorkTree(school), commit


def _plain(entries: Iterator[Entry]) -> list[tuple[str, str, int]]:
    return [(entry.path, entry.mode, entry.size) for entry in entries]


@pytest.mark.parametrize(
    "prefix",
    ["content", "content/students", "content/students/113/s1139901/a.md", "content/none", "content/handbook"],
)
def test_the_same_entries_in_the_same_order(trees: tuple[Tree, Tree], prefix: str) -> None:
    one, other = trees
    assert _plain(one.entries(prefix)) == _plain(other.entries(prefix))
    without = frozenset({"content/students"})
    assert _plain(one.entries("content", without)) == _plain(other.entries("content", without))


def test_the_same_folders_and_bytes(trees: tuple[Tree, Tree]) -> None:
    one, other = trees
    assert one.folders("content/students/113") == other.folders("content/students/113") == ["s1139901", "s1139902"]
    assert one.folders("content/none") == other.folders("content/none") == []
    read = {entry.path: other.read(entry) for entry in other.entries("content")}
    assert read == {entry.path: one.read(entry) for entry in one.entries("content")}
    assert read["content/students/113/s1139902/名 稱.txt"] == b"4444"


def test_a_few_files_are_listed_without_another_process(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "open_git", None)
    with CommitTree(school, "HEAD") as commit:
        assert [entry.path for entry in commit.entries("content/handbook")] == ["content/handbook/index.md"]


def test_a_students_files_are_asked_for_together(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = "content/students/113/s1139901"
    with CommitTree(school, "HEAD") as commit:
        entries = [*commit.entries(folder)]
        monkeypatch.setattr(Objects, "read", None)
        read_student(commit, folder, entries)
        monkeypatch.undo()
        small = min(entry.size for entry in entries)
        monkeypatch.setattr(tree, "_MOST_AHEAD", small)
        commit.read_ahead(entries)
        asked = list[str]()
        monkeypatch.setattr(Objects, "read", lambda _, name: asked.append(name))
        for entry in entries:
            commit.read(entry)
        assert commit.read(entries[0]._replace(mode=GITLINK)) == b"", "no file, whatever its id is"
    assert asked == [entry.blob for entry in entries if entry.size > small], "what is large is read when it is needed"


def test_modes(school: Path) -> None:
    (school / "content/link").symlink_to("/etc/passwd")
    (school / "content/tool.sh").write_text("x", encoding="utf-8")
    (school / "content/tool.sh").chmod(0o755)
    git(school, "add", ".")
    git(school, "commit", "-qm", "odd")
    with CommitTree(school, "HEAD") as commit:
        modes = {entry.path: entry.mode for entry in commit.entries("content") if entry.mode != "100644"}
    assert modes == {"content/link": "120000", "content/tool.sh": "100755"}
    assert {e.path: e.mode for e in WorkTree(school).entries("content") if e.mode != "100644"} == modes


def test_a_linked_folder_is_not_followed(school: Path) -> None:
    (school / "content/students/113/s1139903").symlink_to(school / "content/students/113/s1139901")
    assert "content/students/113/s1139903" in [entry.path for entry in WorkTree(school).entries("content/students")]
    assert "s1139903" not in WorkTree(school).folders("content/students/113")


def test_a_replaced_object_is_not_read(school: Path) -> None:
    blob = git(school, "rev-parse", "HEAD:other.txt")
    (school / "content/school/school.yaml").write_text("forged", encoding="utf-8")
    forged = git(school, "hash-object", "-w", "content/school/school.yaml")
    original = git(school, "rev-parse", "HEAD:content/school/school.yaml")
    git(school, "replace", original, forged)
    with CommitTree(school, "HEAD") as commit:
        [entry] = commit.entries("content/school/school.yaml")
        assert commit.read(entry) == b"kind: school/v1\n"
    assert blob != forged


def test_a_commit_is_not_the_work_tree(school: Path) -> None:
    (school / "content/handbook/index.md").write_text("changed", encoding="utf-8")
    with CommitTree(school, "HEAD") as commit:
        [entry] = commit.entries("content/handbook/index.md")
        assert commit.read(entry) == b"5"


@pytest.mark.parametrize("revision", ["nonsense", "HEAD~9", "--help", ""])
def test_an_unknown_commit_is_wrong_use(school: Path, revision: str) -> None:
    with pytest.raises(UsageError) as caught:
        CommitTree(school, revision)
    assert caught.value.code == "APP002"


def test_the_root_is_found_upwards(tmp_path: Path) -> None:
    assert find_root(ROOT / "scripts" / "licheng") == ROOT
    with pytest.raises(UsageError):
        find_root(tmp_path)


def test_what_is_known_of_another_commit_is_listed_as_git_lists_it(tmp_path: Path) -> None:
    """Names that sort next to a slash are told apart, links and programs are what they are."""
    for name in (f"content/{one}/{two}" for one in ("a-", "a", "a0", "z") for two in ("x", "y-/1", "y/1", "y0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "content/a/y1").symlink_to("y0")
    (tmp_path / "content/a/y2").write_text("x")
    (tmp_path / "content/a/y2").chmod(0o755)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@x.invalid", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    asked = ["content", "content/a", "content/a/y", "content/a/y/1", "content/none", "content/z/y0"]
    readings = Readings()
    for _ in range(2):  # the second time nothing is asked
        with CommitTree(tmp_path, "HEAD") as plain, CommitTree(tmp_path, "HEAD", readings) as tree:
            for prefix in asked:
                listed = list(plain.entries(prefix))
                assert list(tree.entries(prefix)) == listed
                assert len(listed) == {"content": 18, "content/none": 0}.get(prefix, len(listed) or -1)
    assert len(readings.folders) == 14


def test_a_students_folder_is_listed_again_only_where_it_is_another(tmp_path: Path) -> None:
    own, other = (f"content/students/113/s113990{number}" for number in (1, 2))
    git(tmp_path, "init", "-q")
    readings, listed = Readings(), list[list[Entry]]()
    for slug in ("running", "jumping"):
        for student in (own, other) if slug == "running" else (own,):
            (tmp_path / student / slug).mkdir(parents=True)
            (tmp_path / student / slug / "item.md").write_text(slug)
        git(tmp_path, "add", ".")
        git(tmp_path, "-c", "user.name=t", "-c", "user.email=t@x.invalid", "commit", "-qm", slug)
        with CommitTree(tmp_path, "HEAD", readings) as tree:
            assert next(tree.entries(own)).path.startswith(own), "who stops there leaves nothing behind"
            assert [list(tree.entries(student)) for student in (own, other)] == [
                [entry for entry in tree.entries("content") if entry.path.startswith(student)]
                for student in (own, other)
            ]
            listed.append([*readings.listed[own][1], *readings.listed[other][1]])
    assert [len(each) for each in listed] == [2, 3]
    assert listed[0][-1] is listed[1][-1], "as it was listed"
    readings.listed[other] = readings.listed[other][0], ()
    with CommitTree(tmp_path, "HEAD", readings) as tree:
        assert (len(list(tree.entries(own))), list(tree.entries(other))) == (2, [])


def test_modes_that_git_does_not_write_are_told_as_git_tells_them(school: Path) -> None:
    blob, folder = (bytes.fromhex(git(school, "rev-parse", f"HEAD:{path}")) for path in ("other.txt", "content/school"))
    modes = {"100664": blob, "100600": blob, "100775": blob, "120777": blob, "40755": folder, "160755": blob}
    raw = b"".join(f"{mode} {mode}\0".encode() + sha for mode, sha in sorted(modes.items()))

    def stored(kind: str, data: bytes) -> str:
        command = ["git", "-C", str(school), "hash-object", "-t", kind, "--literally", "-w", "--stdin"]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode().strip()

    odd = stored("tree", raw)
    commit = git(school, "commit-tree", stored("tree", b"40000 content\0" + bytes.fromhex(odd)), "-m", "odd")
    with CommitTree(school, commit) as plain, CommitTree(school, commit, Readings()) as tree:
        assert list(tree.entries("content")) == list(plain.entries("content"))
        assert tree.folders("content") == ["40755"]
        assert {entry.mode for entry in tree.entries("content")} == {"100644", "100755", "120000", "160000"}


def test_a_commit_of_which_a_file_is_gone_is_not_listed(school: Path) -> None:
    blob = git(school, "rev-parse", "HEAD:other.txt")
    commit = git(school, "rev-parse", "HEAD")
    (school / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with CommitTree(school, commit, Readings()) as tree, pytest.raises(LichengError, match="APP003"):
        list(tree.entries("other.txt"))


def test_a_folder_of_any_name_is_listed_as_itself(school: Path) -> None:
    """Folders are asked for over a pipe, line by line: the end of a line in a name is no second question."""
    odd = "113\nHEAD^{tree}"
    (school / "content/students" / odd / "s1139903").mkdir(parents=True)
    (school / "content/students" / odd / "s1139903" / "x.md").write_text("7")
    git(school, "add", ".")
    git(school, "commit", "-qm", "odd")
    with CommitTree(school, "HEAD") as tree:
        for prefix in ("content", "content/students", f"content/students/{odd}", "content/students/114", "other.txt"):
            there = WorkTree(school).folders(prefix) if (school / prefix).is_dir() else []
            assert sorted(tree.folders(prefix)) == there
        assert {entry.path for entry in tree.entries("content")} == {
            e.path for e in WorkTree(school).entries("content")
        }
