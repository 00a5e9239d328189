"""A demo school whose server has been at work, with a platform and a signing page; and a platform to be killed."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from licheng.platform.settings import Settings
from tests.command import LICHENG, licheng
from tests.gate.server import call_programs, copy_repository, wait_for_what_landed
from tests.platform.browser.phones import School, git, opened
from tests.platform.browser.serving import Serving
from tests.shared import once


@pytest.fixture(scope="session")
def at_work(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The school's server: what is on main has landed, and so the attachments are known that are there."""
    return once(tmp_path_factory, "licheng-demo-at-work.git", partial(_worked, demo_repository))


def _worked(demo: Path, repository: Path) -> None:
    copy_repository(demo, repository)
    main = git(repository, "rev-parse", "main").strip()
    done = licheng(repository, "hook", "landed", main, "--repo", str(repository))
    assert (done.returncode, done.stdout) == (0, f"{main} 0\n"), done.stderr


@pytest.fixture
def school(at_work: Path, tmp_path: Path, programs: Path) -> Iterator[School]:
    """A copy of that one; its hooks are forked (`tests.forked`)."""
    repository = tmp_path / "school.git"
    copy_repository(at_work, repository)
    call_programs(repository, LICHENG.parent, programs)
    with opened(repository) as ready:
        yield ready
    wait_for_what_landed(repository)


@pytest.fixture
def serving(settings: Settings, demo_repository: Path) -> Iterator[Serving]:
    """Of the first student of the eldest."""
    listed = git(demo_repository, "ls-tree", "--name-only", "main", "content/students/113/")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    [student, *_] = re.findall(r"s113[0-9]{4}", listed)
    running = Serving(replace(settings, origin=f"http://localhost:{port}"), port, student)
    running.start()
    yield running
    running.kill()
