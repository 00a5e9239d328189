"""A command that is killed between any two writes, or runs out of disk, leaves nothing half done."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from licheng.core.errors import UsageError
from licheng.storage.plan import Plan, recover

_WRITES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir")
PLANS = {
    "payload-and-signature": Plan(creates={"content/d/cover.json": b"{}", "content/d/cover.json.sig": b"sig"}),
    "copy-and-list": Plan(creates={"content/a/work.pdf": b"%PDF"}, replaces={"content/item.md": (b"before", b"after")}),
    "two-replaced": Plan(
        replaces={"content/item.md": (b"before", b"after"), "content/signers": (b"one", b"two")},
    ),
    "signed-alike": Plan(creates={f"content/new/{n}/x": b"same" for n in range(3)}),
}


def _at_write(root: Path, n: int, happen: Callable[[], None]) -> Callable[[], bool]:
    """From now on in this process, the n-th write below a folder is preceded by something; returns whether it was."""
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (opens or event in _WRITES) and any(str(root) in str(one) for one in arguments):
            count += 1
            if count == n:
                happen()

    sys.addaudithook(hook)
    return lambda: count >= n


def _school(root: Path) -> None:
    (root / "content").mkdir(parents=True)
    (root / "content/item.md").write_bytes(b"before")
    (root / "content/signers").write_bytes(b"one")


def _files(root: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted((root / "content").rglob("*"))
    }


def _forked(root: Path, plan: Plan, n: int, happen: Callable[[], None]) -> int:
    """The status of a process that applies a plan and meets something at its n-th write."""
    child = os.fork()
    if child == 0:
        try:
            happened = _at_write(root, n, happen)
            plan.apply(root)
        except BaseException:
            os._exit(1)
        os._exit(2 if happened() else 0)
    return os.waitpid(child, 0)[1]


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", PLANS)
def test_killed_before_any_write_the_command_can_be_run_again(tmp_path: Path, name: str) -> None:
    plan, whole = PLANS[name], tmp_path / "whole"
    _school(whole)
    plan.apply(whole)
    for n in range(1, 100):
        root = tmp_path / str(n)
        _school(root)
        before = _files(root)
        status = _forked(root, plan, n, _kill)
        if not os.WIFSIGNALED(status):
            break
        recover(root)
        assert _files(root) == before, f"write {n}"
        plan.apply(root)
        assert _files(root) == _files(whole), f"write {n}"
        assert sorted(path.name for path in (root / ".licheng/writing").iterdir()) == [".gitignore"]
    assert 5 < n < 99


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("happen", [_full, _interrupt], ids=["full-disk", "ctrl-c"])
def test_a_full_disk_and_ctrl_c_leave_nothing_half(tmp_path: Path, name: str, happen: Callable[[], None]) -> None:
    for n in range(1, 100):
        root = tmp_path / str(n)
        _school(root)
        before = _files(root)
        status = _forked(root, PLANS[name], n, happen)
        if status == 0:
            break
        finished = os.waitstatus_to_exitcode(status) == 2  # a folder that was there need not be made
        assert (_files(root) == before) != finished, f"write {n}"
    assert 5 < n < 99


def test_what_somebody_edited_after_the_kill_stays(tmp_path: Path) -> None:
    plan = PLANS["payload-and-signature"]
    _school(tmp_path)
    for n in range(1, 100):
        assert os.WIFSIGNALED(_forked(tmp_path, plan, n, _kill))
        if (tmp_path / "content/d/cover.json").exists():
            break
        recover(tmp_path)
    (tmp_path / "content/d/cover.json").write_bytes(b"mine")
    assert recover(tmp_path) == []
    assert (tmp_path / "content/d/cover.json").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "journal", [b"", b"[]", b'{"creates": {"../x": "0"}, "replaces": {}, "folders": []}', b'{"creates": 1}']
)
def test_a_journal_that_is_none_is_refused_and_nothing_touched(tmp_path: Path, journal: bytes) -> None:
    _school(tmp_path)
    (tmp_path / ".licheng/writing").mkdir(parents=True)
    (tmp_path / ".licheng/writing/journal").write_bytes(journal)
    with pytest.raises(UsageError, match="APP170"):
        recover(tmp_path)
