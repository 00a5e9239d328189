"""Objects read through git processes that stay open, and what counts as a commit's full id."""

from __future__ import annotations

import os
import pickle
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from licheng.core.errors import LichengError, UsageError
from licheng.sources.git import Objects, full_id, refuse_partial
from licheng.sources.span import Span

NOBODY = ("-c", "user.name=t001", "-c", "user.email=t001@licheng.invalid")
MISSING = "0123456789abcdef0123456789abcdef01234567"


def git(root: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", *NOBODY, "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a commit of 130 files and an annotated tag of it."""
    folder = tmp_path_factory.mktemp("objects")
    git(folder, "init", "--quiet")
    for number in range(130):
        (folder / f"{number:03}").write_text("x" * number, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Files")
    git(folder, "tag", "-a", "-m", "A tag", "first")
    return folder


@pytest.fixture
def objects(root: Path) -> Iterator[Objects]:
    with Objects(root) as opened:
        yield opened


def test_a_commit_is_known_by_its_full_id(objects: Objects) -> None:
    commit = git(objects.root, "rev-parse", "HEAD")
    assert full_id(objects, commit) == commit


@pytest.mark.parametrize("other", ["first^{tag}", "HEAD^{tree}", "HEAD:129", None])
def test_nothing_else_is_a_commit(objects: Objects, other: str | None) -> None:
    """An annotated tag, a folder, a file, nothing: a change is between two commits, as they are named."""
    name = MISSING if other is None else git(objects.root, "rev-parse", other)
    with pytest.raises(UsageError) as refused:
        full_id(objects, name)
    assert refused.value.code == "APP002"


@pytest.mark.parametrize("text", ["HEAD", "-" * 40, MISSING.upper(), f"{MISSING}\n", ""])
def test_what_is_no_full_id_is_not_asked_for(objects: Objects, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        full_id(objects, text)
    assert refused.value.code == "APP091"


def test_where_a_branch_is_now_is_asked_each_time(tmp_path: Path) -> None:
    """Whatever git has done with its files since: who moves main is told so by the process that judged."""
    git(tmp_path, "init", "--quiet", "-b", "main")
    for number in range(2):
        git(tmp_path, "commit", "-qm", str(number), "--allow-empty")
    commits = git(tmp_path, "rev-list", "HEAD").split()
    with Objects(tmp_path) as objects:
        assert objects.resolve("refs/heads/main") == commits[0]
        for moved in ("update-ref refs/heads/main HEAD^", "pack-refs --all", "update-ref refs/heads/main ORIG_HEAD"):
            if "ORIG" in moved:
                git(tmp_path, "update-ref", "ORIG_HEAD", commits[0])
            git(tmp_path, *moved.split())
            assert objects.resolve("refs/heads/main") == commits[0 if "ORIG" in moved else 1], moved


def test_settings_of_licheng_are_as_git_reads_them(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    with (tmp_path / ".git/config").open("a", encoding="utf-8") as file:
        file.write(
            '[Licheng]\n\tsite = /first\n\tDemo\n[licheng]\n\tsite = "/two\\nlines"\n[other "licheng"]\n\tsite = 1\n'
        )
    assert Objects(tmp_path).settings.own == {"licheng.site": "/two\nlines", "licheng.demo": ""}
    refuse_partial(Objects(tmp_path))
    git(tmp_path, "config", "remote.licheng.x.promisor", "true")
    with pytest.raises(LichengError, match="APP092"):
        refuse_partial(Objects(tmp_path))


def test_many_are_asked_for_at_once_and_what_is_not_here_is_left_out(objects: Objects) -> None:
    rows = [line.split() for line in git(objects.root, "ls-tree", "-l", "HEAD").splitlines()]
    expected = {sha: ("blob", int(size)) for _, _, sha, size, _ in rows}
    assert len(expected) == 130
    assert objects.headers([*expected, MISSING]) == expected


def test_another_process_reads_for_itself(objects: Objects) -> None:
    assert objects.read("HEAD:005") == b"xxxxx"
    with pickle.loads(pickle.dumps(objects)) as copy:  # noqa: S301 - our own bytes
        assert copy.read("HEAD:006") == b"xxxxxx"
    assert objects.read("HEAD:007", "blob") == b"xxxxxxx"


@pytest.mark.parametrize(("name", "kind"), [("HEAD:005", "tree"), ("HEAD", "blob"), (MISSING, ""), ("HEAD:none", "")])
def test_what_is_not_here_or_something_else_decides_nothing(objects: Objects, name: str, kind: str) -> None:
    with pytest.raises(LichengError) as trouble:
        objects.read(name, kind)
    assert trouble.value.code == "APP003"


def test_after_a_refusal_the_next_answer_is_that_of_the_next_question(objects: Objects) -> None:
    """Git processes stay open: what was not wanted is read to its end all the same."""
    with pytest.raises(LichengError):
        objects.read("HEAD:100", "tree")
    assert objects.read("HEAD:005") == b"xxxxx"


@pytest.mark.parametrize("ask", [Objects.read, Objects.resolve, lambda objects, name: objects.headers([name])])
def test_a_name_of_two_lines_is_no_second_question(objects: Objects, ask: Callable[[Objects, str], object]) -> None:
    with pytest.raises(LichengError) as refused:
        ask(objects, "HEAD\ninfo HEAD")
    assert refused.value.code == "APP003"
    assert objects.read("HEAD:005") == b"xxxxx"


def test_a_parent_that_a_commit_continues_on_another_line_is_no_question(tmp_path: Path) -> None:
    """Git sees a commit without a parent there, as a strange line stands before it."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "-qm", "Base", "--allow-empty")
    base, tree = git(tmp_path, "rev-parse", "HEAD", "HEAD^{tree}").split()
    who = "t001 <t001@licheng.invalid> 1795392000 +0800"
    for question in ("contents", "info"):
        lines = f"tree {tree}\nfoo bar\nparent {tree}\n {question} {base}\nauthor {who}\ncommitter {who}\n\nx\n"
        (tmp_path / "commit").write_text(lines)
        hidden = git(tmp_path, "hash-object", "-w", "-t", "commit", "--literally", "commit")
        head = git(tmp_path, "commit-tree", "-p", base, "-p", hidden, "-m", "Merge", tree)
        with Objects(tmp_path) as objects:
            with pytest.raises(LichengError):
                Span(objects, base, head).commits(10, 10)
            assert objects.headers([tree]) == {tree: ("tree", 0)}


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    """Where a repository is asked from: its top, a folder of it, git's own folder, another work tree."""
    own, other = tmp_path / "own", tmp_path / "other"
    git(tmp_path, "init", "--quiet", str(own))
    git(own, "commit", "-qm", "Nothing", "--allow-empty")
    git(own, "worktree", "add", "--quiet", str(other))
    (own / "folder").mkdir()
    return [own, own / "folder", own / ".git", other]


def test_a_repository_that_holds_everything_is_whole(places: list[Path]) -> None:
    for place in places:
        refuse_partial(Objects(place))
    git(places[0], "config", "--unset", "core.repositoryformatversion")
    for place in places:
        refuse_partial(Objects(place))


@pytest.mark.parametrize("names_its_format", [True, False])
def test_a_history_that_was_cut_off_is_seen_from_everywhere(places: list[Path], names_its_format: bool) -> None:
    (places[0] / ".git/shallow").write_text(git(places[0], "rev-parse", "HEAD") + "\n")
    if not names_its_format:
        git(places[0], "config", "--unset", "core.repositoryformatversion")
    for place in places:
        assert git(place, "rev-parse", "--is-shallow-repository") == "true"
        with pytest.raises(LichengError) as refused:
            refuse_partial(Objects(place))
        assert (refused.value.code, refused.value.values) == ("APP092", {"detail": "shallow"})


@pytest.mark.parametrize("setting", ["remote.origin.promisor", "remote.a.b.promisor", "extensions.partialClone"])
def test_a_repository_whose_files_lie_elsewhere_is_seen_from_everywhere(places: list[Path], setting: str) -> None:
    (places[0].parent / "more").write_text("")
    git(places[0].parent, "config", "--file", "more", setting, "true")
    git(places[0], "config", "include.path", "../../more")
    for place in places:
        with pytest.raises(LichengError) as refused:
            refuse_partial(Objects(place))
        assert (refused.value.code, refused.value.values) == ("APP092", {"detail": "partial"})


def test_where_no_repository_is_nothing_is_decided(tmp_path: Path) -> None:
    with pytest.raises(LichengError) as trouble:
        refuse_partial(Objects(tmp_path))
    assert trouble.value.code == "APP003"


def test_an_old_git_is_told_and_no_missing_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 2.36 it ends at a question that it does not know; a stand-in for it, as no such git is here."""
    (tmp_path / "git").write_text("#!/bin/sh\nexit 129\n", encoding="ascii")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with Objects(tmp_path) as old, pytest.raises(LichengError) as refused:
        old.resolve("HEAD")
    assert (refused.value.code, refused.value.values["command"]) == ("APP003", "git cat-file --batch-command")
