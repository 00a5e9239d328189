"""The plain server of each test: a copy of one demo school's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.app.demo import write_demo
from tests.forked import forking
from tests.gate.server import Server, copy_repository, licheng, wait_for_what_landed
from tests.shared import once


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo school with its keys, and beside it the server that it is pushed to, installed.

    It has been at work: what of it was pushed has landed, and so the attachments are known that are on main.
    """
    return once(tmp_path_factory, "licheng-server", _write)


def _write(folder: Path) -> None:
    write_demo(folder / "school", 30, 1)
    subprocess.run(["git", "clone", "-q", "--bare", str(folder / "school"), str(folder / "school.git")], check=True)
    done = licheng("hook", "install", str(folder / "school.git"), "--demo")
    assert done.returncode == 0, done.stderr
    main = Server(folder / "school.git", folder).main
    done = licheng("hook", "landed", main, "--repo", str(folder / "school.git"))
    assert (done.returncode, done.stdout) == (0, f"{main} 0\n"), done.stderr


@pytest.fixture(scope="session")
def programs(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Forked ones."""
    with forking(tmp_path_factory.mktemp("f"), written / "school.git") as folder:
        yield folder


@pytest.fixture
def started(written: Path, tmp_path: Path) -> Iterator[Server]:
    """Each hook and each login starts the program itself."""
    root = tmp_path / "school.git"
    copy_repository(written / "school.git", root)
    shutil.copytree(written / "school" / ".licheng", tmp_path / ".licheng")
    yield Server(root, tmp_path)
    wait_for_what_landed(root)


@pytest.fixture
def server(started: Server, programs: Path) -> Server:
    """Hooks and logins are forked (`tests.forked`)."""
    started.call(programs)
    return started
