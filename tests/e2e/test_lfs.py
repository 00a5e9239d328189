"""Git LFS over SSH with the real client and a real sshd: attachments live on the server, outside history."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from licheng.demo.media import mp4, pdf
from tests.command import findings, licheng
from tests.e2e.server import Server, serving
from tests.forked import forking
from tests.gate.server import copy_repository
from tests.trees import ROOT, around

STUDENT = "content/students/113/s1130001"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Its `lfs-transfer` is forked for each connection; `test_plain_server` starts the program itself."""
    with (
        forking(tmp_path_factory.mktemp("f")) as programs,
        serving(tmp_path_factory.mktemp("server"), programs / "licheng") as started,
    ):
        yield started


@pytest.fixture(scope="module")
def pushed(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school whose films are for LFS, without a handbook; beside it the server's repository after its first push."""
    folder = tmp_path_factory.mktemp("pushed") / "school"
    shutil.copytree(ROOT / "content", folder / "content", ignore=around("s1130001", "handbook"))
    (folder / ".gitattributes").write_text(
        "content/** -text\ncontent/students/**/*.mp4 filter=lfs diff=lfs merge=lfs -text\n", encoding="utf-8"
    )
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["commit", "-qm", "The school"],
        ["remote", "add", "origin", server.url],
        ["push", "-q", "origin", "main"],
    ):
        server.git(folder, *arguments)
    shutil.copytree(server.bare, folder.parent / "bare")
    return folder


@pytest.fixture
def clone(server: Server, pushed: Path, tmp_path: Path) -> Path:
    """A copy of that school, and the server as it was after the first push."""
    shutil.rmtree(server.bare)
    copy_repository(pushed.parent / "bare", server.bare)
    copy_repository(pushed, tmp_path / "school")
    return tmp_path / "school"


def attached(server: Server, clone: Path, data: bytes) -> Path:
    """A film attached to a new item as a person does it, committed, not yet pushed."""
    path = next((clone / STUDENT / "years/115/activities").glob("*/item.md"))
    (clone / "film.mp4").write_bytes(data)
    done = licheng(clone, "attach", path.parent.relative_to(clone).as_posix(), "film.mp4", "--as-is")
    assert done.returncode == 0, done.stderr
    (clone / "film.mp4").unlink()
    server.git(clone, "add", "content")
    server.git(clone, "commit", "-qm", "Attach a film")
    return path.parent / "film.mp4"


def stored(server: Server, data: bytes) -> Path:
    oid = hashlib.sha256(data).hexdigest()
    return server.bare / "lfs/objects" / oid[:2] / oid[2:4] / oid


def test_a_film_goes_to_the_store_and_comes_back(server: Server, clone: Path, tmp_path: Path) -> None:
    film = mp4("a film")
    path = attached(server, clone, film)
    server.git(clone, "push", "-q", "origin", "main")
    assert stored(server, film).read_bytes() == film
    assert not list((server.bare / "lfs/incoming").iterdir())
    name = path.relative_to(clone).as_posix()
    assert server.git(clone, "show", f"HEAD:{name}").stdout.startswith("version https://git-lfs")
    server.git(tmp_path, "clone", "-q", server.url, "other")
    assert (tmp_path / "other" / name).read_bytes() == film
    assert findings(clone) == []
    assert findings(server.bare, "--commit", "main") == []


def test_what_lies_there_is_not_sent_again(server: Server, clone: Path, tmp_path: Path) -> None:
    film = mp4("sent once")
    attached(server, clone, film)
    server.git(clone, "push", "-q", "origin", "main")
    before = stored(server, film).stat().st_ino
    server.git(tmp_path, "clone", "-q", server.url, "other")
    server.git(tmp_path / "other", "lfs", "push", "--all", "origin")
    assert stored(server, film).stat().st_ino == before


def test_a_clone_without_its_objects_skips_and_the_server_refuses(server: Server, clone: Path, tmp_path: Path) -> None:
    film = mp4("lost")
    path = attached(server, clone, film)
    server.git(clone, "push", "-q", "--no-verify", "origin", "main")  # git-lfs's own hook would have sent it
    name = path.relative_to(clone).as_posix()
    [found] = findings(server.bare, "--commit", "main")
    assert (found[0], found[1]) == ("ATT014", name.replace("film.mp4", "item.md"))
    environment = server.environment | {"GIT_LFS_SKIP_SMUDGE": "1"}
    other = Server(server.url, server.bare, environment)
    other.git(tmp_path, "clone", "-q", server.url, "other")
    assert findings(tmp_path / "other") == []
    assert "Git LFS" in licheng(tmp_path / "other", "check").stdout
    server.git(clone, "lfs", "push", "--all", "origin")
    assert findings(server.bare, "--commit", "main") == []


def test_a_damaged_object_is_found(server: Server, clone: Path) -> None:
    film = mp4("to be damaged")
    attached(server, clone, film)
    server.git(clone, "push", "-q", "origin", "main")
    stored(server, film).chmod(0o644)
    stored(server, film).write_bytes(film.replace(b"damaged", b"DAMAGED"))
    assert [code for code, _, _ in findings(server.bare, "--commit", "main")] == ["ATT015"]


def test_what_the_agency_would_never_take_is_not_stored(server: Server, clone: Path) -> None:
    film = bytes(10 * 1024 * 1024 + 1)
    (clone / STUDENT / "large.mp4").write_bytes(film)
    server.git(clone, "add", "content")
    server.git(clone, "commit", "-qm", "Too large")
    done = server.git(clone, "push", "origin", "main", check=False)
    assert done.returncode
    assert "at most 10485760" in done.stderr
    assert not stored(server, film).exists()


def test_four_at_once_upload_the_same(server: Server, clone: Path) -> None:
    film = mp4("a race")
    attached(server, clone, film)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: server.git(clone, "lfs", "push", "--all", "origin"), range(4)))
    assert len(done) == 4
    assert stored(server, film).read_bytes() == film
    assert not list((server.bare / "lfs/incoming").iterdir())


def test_an_ordinary_file_stays_in_history(server: Server, clone: Path) -> None:
    path = next((clone / STUDENT / "years/115/activities").glob("*/item.md"))
    (clone / "more.pdf").write_bytes(pdf("small"))
    assert licheng(clone, "attach", path.parent.relative_to(clone).as_posix(), "more.pdf").returncode == 0
    server.git(clone, "add", "content")
    name = (path.parent / "more.pdf").relative_to(clone).as_posix()
    assert server.git(clone, "cat-file", "-s", f":{name}").stdout.strip() == str(len(pdf("small")))


def test_wrong_use_is_told(server: Server, tmp_path: Path) -> None:
    assert licheng(tmp_path, "lfs-transfer", str(tmp_path), "upload").stderr.startswith("APP061")
    assert licheng(tmp_path, "lfs-transfer", str(server.bare), "delete").stderr.startswith("APP062")
