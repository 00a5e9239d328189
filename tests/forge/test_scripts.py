"""The three scripts behind the workflows: real git, and a stand-in for GitHub's own command, which needs GitHub."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.trees import ROOT

GITHUB = ROOT / ".github"


def git(folder: Path, *arguments: str) -> str:
    settings = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@licheng.invalid"}
    settings |= {"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@licheng.invalid"}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | settings).stdout.strip()


def script(name: str, folder: Path, *arguments: str, gh: str, tools: Path | None = None) -> tuple[int, str, list[str]]:
    """Exit code, output, and how `gh` was called; `gh` is a shell fragment that answers, kept in `tools`."""
    tools = (tools or folder) / "tools"
    calls = tools / "calls"
    tools.mkdir(exist_ok=True)
    calls.write_text("")
    (tools / "gh").write_text(f'#!/bin/sh\necho "$1 $2 $3" >> "{calls}"\n{gh}\n')
    (tools / "gh").chmod(0o755)
    settings = {"PATH": f"{tools}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "school/records"}
    settings |= {"GITHUB_SERVER_URL": "https://forge.invalid", "GITHUB_RUN_ID": "1"}
    done = subprocess.run(
        ["sh", str(GITHUB / name), *arguments],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, calls.read_text().splitlines()


@pytest.mark.parametrize(
    ("open_issue", "last"), [("", "issue create --repo"), ("7", "issue comment 7")], ids=["first", "again"]
)
def test_there_is_one_alarm(tmp_path: Path, open_issue: str, last: str) -> None:
    code, output, calls = script("alarm.sh", tmp_path, "trouble", gh=f'[ "$2" != list ] || echo "{open_issue}"')
    assert code == 0, output
    assert calls == ["label create alarm", "issue list --repo", last]


@pytest.mark.parametrize(
    ("run", "founded", "code"),
    [(1, 90, 0), (3, 90, 1), (None, 1, 0), (None, 90, 1)],
    ids=["last night", "three days ago", "a young school", "never"],
)
def test_the_watch_sees_a_night_that_did_not_come(tmp_path: Path, run: int | None, founded: int, code: int) -> None:
    def ago(days: int | None) -> str:
        return "" if days is None else (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    answer = f'case $1 in run) echo "{ago(run)}";; api) echo "{ago(founded)}";; esac'
    assert script("watch.sh", tmp_path, gh=answer)[0] == code


def cloned(folder: Path) -> tuple[Path, Path]:
    """An origin with one commit, as GitHub serves it: any commit may be asked for by its id; and a clone."""
    origin, clone = folder / "origin", folder / "clone"
    git(folder, "init", "-q", "-b", "main", str(origin))
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    commit(origin, "content/a.yaml", "a: 1\n")
    git(folder, "clone", "-q", origin.as_uri(), str(clone))
    return origin, clone


def commit(repository: Path, path: str, text: str) -> str:
    (repository / path).parent.mkdir(exist_ok=True)
    (repository / path).write_text(text)
    git(repository, "add", ".")
    git(repository, "commit", "-qm", path)
    return git(repository, "rev-parse", "HEAD")


def state(clone: Path) -> tuple[str, str, str]:
    return git(clone, "for-each-ref"), git(clone, "rev-parse", "HEAD"), git(clone, "status", "--porcelain", "--ignored")


def test_a_change_is_fetched_as_objects_only(tmp_path: Path) -> None:
    """Of a change on a branch that the clone does not know, git has the objects; no file and no reference changed."""
    origin, clone = cloned(tmp_path)
    head = commit(origin, "README.md", "more\n")
    before = state(clone)
    code, output, _ = script("fetch-change.sh", clone, head, gh=":", tools=tmp_path)
    assert (code, git(clone, "cat-file", "-t", head)) == (0, "commit"), output
    assert state(clone) == before
    assert not (clone / ".git/FETCH_HEAD").exists()


def test_of_the_attachments_only_those_of_the_change_are_fetched(tmp_path: Path) -> None:
    origin, clone = cloned(tmp_path)
    digests = {name: _kept(origin, name) for name in ("old", "new")}
    commit(origin, "content/old.pdf", _pointer(digests["old"]))
    git(clone, "pull", "-q")
    head = commit(origin, "content/new.pdf", _pointer(digests["new"]))
    code, output, _ = script("fetch-change.sh", clone, head, gh=":", tools=tmp_path)
    assert code == 0, output
    store = clone / ".git/lfs/objects"
    assert [path.name for path in store.rglob("*") if path.is_file()] == [digests["new"]]


def _kept(repository: Path, content: str) -> str:
    digest = sha256(content.encode()).hexdigest()
    target = repository / f".git/lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}"
    target.parent.mkdir(parents=True)
    target.write_text(content)
    return digest


def _pointer(digest: str) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 3\n"
