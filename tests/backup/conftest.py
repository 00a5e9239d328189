"""A plain server that has received something, with an attachment in its store; and two people who keep a key."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.app.demo import write_demo
from licheng.demo.media import pdf
from licheng.demo.school import INTAKE
from tests.backup.keepers import Keepers
from tests.gate.items import STUDENT, output, pointer, stored
from tests.gate.server import Server, copy_repository, licheng, wait_for_what_landed
from tests.shared import once

DATA = pdf("x" * 80_000)  # more than history takes


def put(server: Server, data: bytes) -> str:
    """An attachment into the store, as its upload would; its place in the repository."""
    oid = pointer(data).split()[3].decode().removeprefix("sha256:")
    path = server.root / "lfs/objects" / oid[:2] / oid[2:4] / oid
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path.relative_to(server.root).as_posix()


def hand_in(server: Server, slug: str, data: bytes | None = None) -> None:
    """A student's work goes in by a push of the intake account; with an attachment in the store, or in history."""
    clone = server.clone(INTAKE, f"clone-{slug}")
    server.commit(clone, output(slug) if data is None else stored(slug, "report.pdf", data), STUDENT)
    done = server.push(INTAKE, clone)
    assert done.returncode == 0, done.stderr
    wait_for_what_landed(server.root)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Not to be changed."""

    def begin(folder: Path) -> None:
        write_demo(folder / "school", 30, 1)
        subprocess.run(["git", "clone", "-q", "--bare", str(folder / "school"), str(folder / "school.git")], check=True)
        assert licheng("hook", "install", str(folder / "school.git"), "--demo").returncode == 0
        server = Server(folder / "school.git", folder)
        put(server, DATA)
        hand_in(server, "running", DATA)

    folder = once(tmp_path_factory, "licheng-begun", begin)
    return Server(folder / "school.git", folder)


@pytest.fixture
def server(begun: Server, tmp_path: Path) -> Iterator[Server]:
    """A copy of it; whoever spoils an object puts another file in its place."""
    root = tmp_path / "school.git"
    copy_repository(begun.root, root)
    shutil.copytree(begun.folder / "school" / ".licheng", tmp_path / ".licheng")
    yield Server(root, tmp_path)
    wait_for_what_landed(root)


@pytest.fixture(scope="session")
def keepers(tmp_path_factory: pytest.TempPathFactory) -> Keepers:
    """Those who can open what is sealed."""
    return Keepers.made(tmp_path_factory.mktemp("keepers"))


@pytest.fixture(scope="session")
def whole(begun: Server, keepers: Keepers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a copy of the server as it began, since a server remembers its backups; not to be changed."""
    folder = tmp_path_factory.mktemp("whole")
    copy_repository(begun.root, folder / "school.git")
    done = keepers.backup(folder / "backup", folder / "school.git")
    assert done.returncode == 0, done.stderr
    return folder / "backup"
