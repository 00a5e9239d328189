"""A demo school whose server has been at work, with a platform and a signing page; and a platform to be killed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.command import LICHENG, licheng
from tests.gate.server import call_programs, copy_repository, wait_for_what_landed
from tests.platform.browser.phones import School, git, opened
from tests.platform.browser.serving import Serving
from tests.platform.visitors import demo
from tests.shared import once
from tests.trees import ROOT

# Of all years, the eldest first.
STUDENTS = [
    path.name for year in ("113", "114", "115") for path in sorted((ROOT / "content/students" / year).iterdir())
]


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


@pytest.fixture(scope="module")
def _serving(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    settings = demo(demo_repository, tmp_path_factory.mktemp("serving") / "state")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = Serving(replace(settings, origin=f"http://localhost:{port}"), port, iter(STUDENTS))
    yield running
    running.kill()


@pytest.fixture
def serving(_serving: Serving) -> Serving:
    """Each test has a student of its own there, of whom nobody has written anything; it may kill the platform."""
    _serving.is_for_another()
    return _serving
