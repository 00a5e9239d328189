"""Two commands at once in one school, and a school that may only be read: nothing is lost, nothing is half."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from licheng.demo.media import pdf
from tests.command import LICHENG, findings, licheng
from tests.e2e.test_killed import COMMANDS, DRAFT, place
from tests.e2e.test_write import snapshot

__all__ = ["place"]

_POSITION = ("new", "position", "--student", "s1139901", "--slug")
# A superuser who may not write where nobody may: as everybody else.
_AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--") if os.geteuid() == 0 else ()


@pytest.fixture
def school(place: Path, tmp_path: Path) -> Path:
    """A copy of the small school; nobody has written in it yet, so that a command first looks at the lock to write."""
    shutil.copytree(place, tmp_path / "place")
    shutil.rmtree(tmp_path / "place/school/.licheng")
    (tmp_path / "place/files/appendix.pdf").write_bytes(pdf("appendix"))
    return tmp_path / "place/school"


@contextmanager
def _all_waiting(school: Path, count: int) -> Iterator[None]:
    """Holds the lock until so many processes have planned and wait for it, then lets them go."""
    handle = os.open(school, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
        inode = f":{os.fstat(handle).st_ino} "
        while sum(" -> " in line and inode in line for line in Path("/proc/locks").read_text().splitlines()) < count:
            time.sleep(0.02)
    finally:
        os.close(handle)


def _at_once(school: Path, *commands: tuple[str, ...]) -> list[tuple[int, str]]:
    """Code and standard error of each."""
    with _all_waiting(school, len(commands)):
        running = [
            subprocess.Popen(
                [str(LICHENG), *command], cwd=school, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for command in commands
        ]
    return [(process.returncode, told) for process in running for _, told in [process.communicate()]]


def test_different_records_are_both_written(school: Path) -> None:
    ended = _at_once(school, (*_POSITION, "monitor"), (*_POSITION, "librarian"), COMMANDS["amend"])
    assert [code for code, _ in ended] == [0, 0, 0], ended
    assert len(list(school.rglob("positions/*.yaml"))) == 2
    assert len(list(school.rglob("rulebook/*.yaml"))) == 2
    assert not (school / ".licheng/writing/journal").exists()


def test_of_the_same_record_one_is_written_and_the_other_is_told(school: Path) -> None:
    first = COMMANDS["delegate"]
    second = tuple("進修" if word == "病假" else word for word in first)
    ended = _at_once(school, first, second)
    assert sorted(code for code, _ in ended) == [0, 2], ended
    winner = 0 if ended[0][0] == 0 else 1
    assert ended[1 - winner][1].startswith("APP009 content/delegations/cover.json ")
    assert ("病假", "進修")[winner] in (school / "content/delegations/cover.json").read_text(encoding="utf-8")
    assert not [code for code, path, _ in findings(school) if "delegations" in path]  # the signature is of that one


def test_two_files_for_one_item_are_both_listed_or_one_is_told_to_try_again(school: Path) -> None:
    commands = [("attach", DRAFT, f"../files/{name}.pdf") for name in ("photo", "appendix")]
    ended = _at_once(school, *commands)
    assert sorted(code for code, _ in ended) == [0, 2], ended
    loser = 0 if ended[0][0] == 2 else 1
    assert ended[loser][1].startswith(f"APP022 {DRAFT}/item.md ")
    assert not [code for code, path, _ in findings(school) if path.startswith(DRAFT)]
    assert licheng(school, *commands[loser]).returncode == 0
    assert {path.name for path in (school / DRAFT).iterdir()} == {"item.md", "photo.pdf", "appendix.pdf"}
    assert not [code for code, path, _ in findings(school) if path.startswith(DRAFT)]


@pytest.mark.parametrize("written_before", [False, True])
@pytest.mark.parametrize("name", ["new --attach", "keys add", "evaluate again"])
def test_a_school_that_may_only_be_read_is_told_and_stays(school: Path, name: str, written_before: bool) -> None:
    if written_before:
        assert licheng(school, *COMMANDS["amend"]).returncode == 0
    before = snapshot(school.parent)
    everything = [school, *school.rglob("*")]
    modes = [path.stat().st_mode for path in everything]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        command = [*_AS_ANYBODY, str(LICHENG), *COMMANDS[name]]
        done = subprocess.run(command, cwd=school, capture_output=True, text=True, check=False)
    finally:
        for path, mode in zip(everything, modes, strict=True):
            path.chmod(mode)
    assert done.returncode in {2, 3}, done.stdout
    assert [line[:6] for line in done.stderr.splitlines()] == ["APP024", "APP024"]
    assert "permission is denied" in done.stderr
    assert snapshot(school.parent) == before
