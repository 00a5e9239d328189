"""Raw commits: what ordinary Git writes is sound, and any bytes are read or told as odd, never a crash."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.sources.commits import parse
from tests.scaling import MOST, growth

WHO = b"t012 <t012@licheng.invalid> 1795406400 +0800"
SOUND = b"tree " + b"a" * 40 + b"\nparent " + b"b" * 40 + b"\nauthor " + WHO + b"\ncommitter " + WHO + b"\n\nA change\n"


def git(folder: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=t012", "-c", "user.email=t012@licheng.invalid", "-c", "init.defaultBranch=main"]
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment).stdout


def test_what_git_writes_is_sound(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "第一個\n\n說明 🔬")
    git(tmp_path, "commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "")
    git(tmp_path, "checkout", "-q", "-b", "side", "HEAD~1")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "b", "--trailer", "Reviewed: t002")
    git(tmp_path, "checkout", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")
    git(tmp_path, "commit", "-q", "--amend", "--no-edit", "--reset-author")
    ids = git(tmp_path, "rev-list", "--all").decode().split()
    assert len(ids) == 4
    for sha in ids:
        commit = parse(sha, git(tmp_path, "cat-file", "commit", sha))
        assert commit.oddities == ()
        assert (commit.author.name, commit.committer.address) == ("t012", "t012@licheng.invalid")


def test_sound() -> None:
    commit = parse("c" * 40, SOUND)
    assert (commit.oddities, commit.message, commit.parents) == ((), "A change\n", ("b" * 40,))
    assert (commit.author.seconds, commit.author.zone) == (1795406400, "+0800")


@pytest.mark.parametrize(
    ("old", "new", "sort"),
    [
        (b"\n\nA", b"\nx-note 1\n\nA", "header"),
        (b"\n\nA", b"\nencoding UTF-8\n\nA", "header"),
        (b"\n\nA", b"\ngpgsig-sha256 x\n\nA", "header"),
        (b"\n\nA", b"\nnote\n\nA", "header"),
        (b"\n\nA", b"\n\n\0A", "character"),
        (b"\n\nA", b"\n\n\xffA", "not-utf8"),
        (b"\n\nA", b"\n\ncafe\xcc\x81", "character"),
        (b"\n\nA change\n", b"", "no-message"),
        (b"author", b"Author", "header"),
        (b"author " + WHO + b"\n", b"", "bad-line"),
        (b"t012 <t012", b"t012 <<t012", "bad-line"),
        (b"> 1795", b">  1795", "bad-line"),
        (b" +0800", b" +08000", "bad-line"),
        (b" +0800", b"", "bad-line"),
        (b"1795406400", b"01795406400", "bad-line"),
        (b"1795406400", b"-1", "bad-line"),
        (b"a" * 40, b"a" * 39, "bad-line"),
        (b"tree", b"\ntree", "header"),
        (b"parent " + b"b" * 40, b"parent " + b"b" * 40 + b"\ntree " + b"a" * 40, "order"),
        (b"A change", b"A" * 8_001, "too-long"),
    ],
)
def test_odd(old: bytes, new: bytes, sort: str) -> None:
    assert old in SOUND
    odd = parse("c" * 40, SOUND.replace(old, new, 1)).oddities
    assert sort in {one.sort for one in odd}


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from([*SOUND.split(b"\n"), b"", b" ", b"gpgsig x"])).map(b"\n".join)
)
def test_any_bytes_are_sound_or_odd(raw: bytes) -> None:
    commit = parse("c" * 40, raw)
    assert commit.oddities or (commit.author.zone and commit.committer.zone)


@pytest.mark.slow
def test_a_long_signature_takes_no_longer_than_it_is() -> None:
    def work(lines: int) -> Callable[[], object]:
        signature = b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n" + b" AAAA\n" * lines + b" -----END X"
        raw = SOUND.replace(b"\n\nA", signature + b"\n\nA")
        return lambda: parse("c" * 40, raw)

    assert growth(work, start=500) <= MOST
