"""`kill -9` between any two writes of a backup: what lay there before is whole, and the next run ends it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from licheng.app.backup.manifest import read_manifest
from licheng.app.check import check
from licheng.cli import main
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.sources.tree import WorkTree
from licheng.storage.plan import Plan
from tests.backup.keepers import Keepers, lying
from tests.certified import TEACHER, Certified
from tests.command import licheng
from tests.e2e.test_killed import State, _killed_at_each_new_state, _process, _state

IDENTITY = ("-c", "user.name=t001", "-c", "user.email=t001@licheng.invalid")


def _command(top: Path) -> tuple[str, ...]:
    told = ("--repo", str(top / "school.git"), "--recipients", str(top / "recipients.txt"))
    return ("backup", str(top / "backup"), *told, "--now", "2026-11-23T05:00:00Z")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, keepers: Keepers) -> Path:
    """A small school's server, its first backup, and what came since."""
    top = tmp_path_factory.mktemp("place")
    made = Certified.school(TEACHER)
    made.staff()
    made.output()
    Plan(creates=made.tree().files).apply(top / "school")
    shutil.rmtree(top / "school/.licheng", ignore_errors=True)
    _git(top, "init", "-q", "-b", "main", "school")
    _git(top / "school", "add", "-A")
    _git(top / "school", "commit", "-qm", "The school")
    _git(top, "clone", "-q", "--bare", "school", "school.git")
    shutil.copy(keepers.recipients, top / "recipients.txt")
    _put(top, b"old")
    for language in LANGUAGES:
        catalog(language)
    for module in main.COMMANDS.values():
        import_module(f"licheng.cli.{module}")
    assert check(WorkTree(top / "school"), date(2026, 11, 23)).checked
    assert _backup(top) == 0
    _put(top, b"new")
    _git(top / "school", "commit", "-q", "--allow-empty", "-m", "Later")
    _git(top / "school.git", "fetch", "-q", "../school", "main:main")
    return top


def _put(top: Path, data: bytes) -> None:
    oid = hashlib.sha256(data).hexdigest()
    path = top / "school.git/lfs/objects" / oid[:2] / oid[2:4] / oid
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _backup(top: Path) -> int:
    done = licheng(top / "school", *_command(top))
    assert done.returncode == 0, done.stderr
    return done.returncode


def _begun(top: Path) -> frozenset[tuple[str, int]]:
    """The state of a place; a sealed file is of any size (it is padded at random): there, or empty, or not."""
    return frozenset((name, min(size, 1) if name.endswith(".age") else size) for name, size in _state(top))


def _killed(
    place: Path,
    tmp_path: Path,
    command: Callable[[Path], tuple[str, ...]],
    state: Callable[[Path], State],
    most: int = 100,
) -> list[Path]:
    """Copies of the place, one for each state in which the command can be killed, in their order, or the first ones."""

    def leave(left: Path, to: Path) -> None:
        shutil.copytree(left, to)
        if to.name == f"killed-{most - 1:03}":
            os.kill(os.getpid(), signal.SIGKILL)

    top = tmp_path / "running"
    shutil.copytree(place, top)
    ended = _process(top, command(top), _killed_at_each_new_state(top, {state(place)}, state, leave))
    assert ended.code == (-signal.SIGKILL if most < 100 else 0), ended.told
    return sorted(tmp_path.glob("killed-*"))


def _is_whole(folder: Path) -> int:
    """The number of the backup there, every file of which is what its manifest says."""
    manifest = read_manifest(folder)
    assert manifest is not None
    for part in manifest.parts:
        data = (folder / part.path).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (part.size, part.sha256), part.path
    return manifest.number


def test_killed_at_any_write_the_backup_before_it_is_whole(place: Path, keepers: Keepers, tmp_path: Path) -> None:
    numbers = []
    for number, top in enumerate(_killed(place, tmp_path, _command, _begun)):
        numbers.append(_is_whole(top / "backup"))
        if number % 5:  # the same is asked of every state; every fifth one is enough to be run again
            continue
        _backup(top)
        assert _is_whole(top / "backup") == numbers[-1] + 1
        named = {part.path for part in read_manifest(top / "backup").parts}  # type: ignore[union-attr]
        assert set(lying(top / "backup")) == {"manifest.json", *named}, "what the killed run left is gone"
    assert numbers == sorted(numbers)
    assert {1, 2} == set(numbers), "killed before the manifest was put in its place, and after"
    assert len(numbers) > 8
    assert keepers.drill(tmp_path / "running/backup", tmp_path / "drill").returncode == 0


def test_a_drill_that_is_killed_leaves_no_folder_and_can_be_run_again(
    place: Path, keepers: Keepers, tmp_path: Path
) -> None:

    def command(top: Path) -> tuple[str, ...]:
        return "restore-drill", str(top / "backup"), str(top / "drill"), "--identity", str(top / "key")

    shutil.copytree(place, tmp_path / "begun")
    shutil.copy(keepers.first, tmp_path / "begun" / "key")
    killed = _killed(tmp_path / "begun", tmp_path, command, _state, 6)
    assert len(killed) == 6
    assert not [top for top in killed if (top / "drill").exists()]
    top = killed[-1]
    again = licheng(top / "school", *command(top))
    assert again.returncode == 0, again.stderr
    left = [path.name for path in top.iterdir() if path.name.startswith(".drill")]
    assert left == [], "what the killed run left is gone"
    assert _is_whole(top / "backup") == 1
