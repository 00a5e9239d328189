"""The plain server of each test: a copy of one demo school."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.app.demo import write_demo
from tests.gate.server import Server, licheng, wait_for_what_landed


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server")
    write_demo(folder / "school", 30, 1)
    subprocess.run(["git", "clone", "-q", "--bare", str(folder / "school"), str(folder / "school.git")], check=True)
    return folder


@pytest.fixture
def server(written: Path, tmp_path: Path) -> Iterator[Server]:
    root = tmp_path / "school.git"
    shutil.copytree(written / "school.git", root)
    shutil.copytree(written / "school" / ".licheng", tmp_path / ".licheng")
    done = licheng("hook", "install", str(root), "--demo")
    assert done.returncode == 0, done.stderr
    yield Server(root, tmp_path)
    wait_for_what_landed(root)
