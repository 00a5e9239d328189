"""`licheng restore-drill`: a server comes back as it was, and whatever is wrong with a backup is told."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from licheng.app.backup.manifest import BUNDLE, TABLE, BackupFile, Manifest, digest
from licheng.exchange import age
from tests.backup.conftest import DATA, hand_in, put
from tests.backup.keepers import Keepers, lying, manifest
from tests.command import licheng
from tests.gate.items import STUDENT
from tests.gate.server import Server

# A check may believe what this worker judged of the same blobs; that they are still there, `verify` sees, which reads.
pytestmark = pytest.mark.usefixtures("schools_judged_once", "answered_once")
NOW = "2026-12-01T04:00:00Z"
LOG = "licheng/receipts.jsonl"
_CACHES = ("licheng/attachments-", "licheng/holders-", "licheng/students-")


def _kept(server: Path) -> dict[str, bytes]:
    """What a restored server has as it was: all but Git's packing, its samples, the hooks, caches and our own notes."""
    left_out = ("objects/", "hooks/", "info/", "refs/", "branches/", *_CACHES, "licheng/backups.json", "packed-refs")
    names = {"description", "licheng/site.lock"}
    return {name: data for name, data in lying(server).items() if not name.startswith(left_out) and name not in names}


def _said(server: Path) -> list[tuple[int, str]]:
    """What the three commands answer, as people type them."""
    commands = (
        ("check", "--commit", "main", "--format", "json"),
        ("audit", STUDENT, "--json"),
        ("audit", "content/students", "--json"),
    )
    done = [licheng(server, *command) for command in commands]
    return [(each.returncode, each.stdout) for each in done]


def test_a_server_comes_back_as_it_was(server: Server, keepers: Keepers, tmp_path: Path) -> None:
    folder, target, table = tmp_path / "backup", tmp_path / "drill", tmp_path / "table.age"
    table.write_bytes(age.encrypted(b"x", age.recipients_of(age.recipients_in(keepers.recipients))))
    assert keepers.backup(folder, server.root, "--identities", str(table)).returncode == 0
    hand_in(server, "jumping")
    put(server, b"another attachment")
    assert keepers.backup(folder, server.root).returncode == 0
    done = keepers.drill(folder, target, "--now", NOW, key=keepers.second)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("✓") == 3
    restored = target / "school.git"
    assert _kept(restored) == _kept(server.root)
    assert digest(DATA) in {digest(data) for data in _kept(restored).values()}
    refs = ("for-each-ref", "--format=%(refname) %(objectname)")
    found = subprocess.run(["git", "-C", str(restored), *refs], capture_output=True, text=True, check=True).stdout
    assert found.strip() == server.git(*refs)
    assert _said(restored) == _said(server.root)
    assert (target / "identities.age").read_bytes() == table.read_bytes()
    assert stat.S_IMODE((restored / "licheng/receipts.key").stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (target, restored)} == {0o700}
    assert json.loads((folder / "drill.json").read_bytes()) == {"version": 1, "at": NOW, "number": 2}


def test_the_restored_server_takes_the_next_push(server: Server, keepers: Keepers, tmp_path: Path) -> None:
    folder, target = tmp_path / "backup", tmp_path / "drill"
    assert keepers.backup(folder, server.root).returncode == 0
    assert keepers.drill(folder, target).returncode == 0
    lost = len(server.log())
    shutil.rmtree(server.root)
    (target / "school.git").rename(server.root)
    assert licheng(tmp_path, "hook", "install", str(server.root), "--demo").returncode == 0
    hand_in(server, "jumping")
    assert len(server.log()) == lost + 2


def _rewrite(folder: Path, change: Callable[[Manifest], Manifest]) -> None:
    (folder / "manifest.json").write_bytes(change(manifest(folder)).written())


def _exchange(folder: Path, place: str, content: bytes, recipients: Path) -> None:
    """Somebody who can write into the folder puts another content there, sealed for the same people, and names it."""
    sealed = age.encrypted(content, age.recipients_of(age.recipients_in(recipients)))

    def named(part: BackupFile) -> BackupFile:
        if part.place != place:
            return part
        (folder / part.path).write_bytes(sealed)
        return replace(part, sha256=digest(sealed), size=len(sealed))

    _rewrite(folder, lambda made: replace(made, parts=tuple(map(named, made.parts))))


def _placed(folder: Path, place: str) -> Path:
    return folder / next(part.path for part in manifest(folder).parts if part.place.startswith(place))


@pytest.mark.parametrize("place", [BUNDLE, "lfs/objects", LOG, "config", "logs/refs/heads/main"])
@pytest.mark.parametrize("harm", ["flipped", "cut", "missing"])
def test_a_harmed_file_is_told_and_nothing_is_left(
    whole: Path, keepers: Keepers, tmp_path: Path, place: str, harm: str
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    path = _placed(folder, place)
    data = path.read_bytes()
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(data[:-1] if harm == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
    before = lying(tmp_path)
    done = keepers.drill(folder, tmp_path / "drill")
    assert done.returncode == 3
    assert done.stderr[:6] == ("APP198" if harm == "missing" else "APP194"), done.stderr
    assert path.relative_to(folder).as_posix() in done.stderr
    assert lying(tmp_path) == before
    assert not (tmp_path / "drill").exists()


def test_a_file_that_was_sealed_again_is_told(whole: Path, keepers: Keepers, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    path = _placed(folder, "licheng/receipts.pub")
    content = age.decrypted(path.read_bytes(), age.identities_in(keepers.first), "x")
    path.write_bytes(age.encrypted(content, age.recipients_of(age.recipients_in(keepers.recipients))))
    done = keepers.drill(folder, tmp_path / "drill")
    assert (done.returncode, done.stderr[:6]) == (3, "APP198")


def test_another_content_is_told(whole: Path, keepers: Keepers, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    place = next(part.place for part in manifest(folder).parts if part.place.startswith("lfs/"))
    _exchange(folder, place, b"another file", keepers.recipients)
    done = keepers.drill(folder, tmp_path / "drill")
    assert (done.returncode, done.stderr[:6]) == (3, "APP198")


def test_history_that_does_not_reach_what_the_manifest_names(whole: Path, keepers: Keepers, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    _rewrite(folder, lambda made: replace(made, refs=dict(made.refs) | {"refs/heads/main": "1" * 40}))
    done = keepers.drill(folder, tmp_path / "drill")
    assert (done.returncode, done.stderr[:6]) == (3, "APP198")


@pytest.mark.parametrize("command", ["check", "verify", "audit"])
def test_another_answer_is_no_drill(whole: Path, keepers: Keepers, tmp_path: Path, command: str) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    _rewrite(folder, lambda made: replace(made, answers=dict(made.answers) | {command: "0" * 64}))
    done = keepers.drill(folder, tmp_path / "drill", "--lang", "en")
    assert done.returncode == 1
    assert f"✗ licheng {command} answers otherwise" in done.stdout
    assert not (folder / "drill.json").exists()


def test_answers_depend_on_every_part_of_the_school(server: Server, keepers: Keepers, tmp_path: Path) -> None:
    """A backup that lost its log, and says so consistently, still answers otherwise than the school did."""
    folder = tmp_path / "backup"
    assert keepers.backup(folder, server.root).returncode == 0

    def shorter(part: BackupFile) -> BackupFile:
        if part.place != LOG:
            return part
        return replace(part, content_size=0, content_sha256=digest(b""))

    _rewrite(folder, lambda made: replace(made, parts=tuple(map(shorter, made.parts))))
    _exchange(folder, LOG, b"", keepers.recipients)
    done = keepers.drill(folder, tmp_path / "drill", "--lang", "en")
    assert done.returncode == 1, done.stderr
    assert "✗ licheng audit" in done.stdout


def test_wrong_keys_and_wrong_folders(whole: Path, keepers: Keepers, tmp_path: Path) -> None:
    other = Keepers.made(tmp_path)
    assert keepers.drill(whole, tmp_path / "drill", key=other.first).stderr[:6] == "APP194"
    assert keepers.drill(tmp_path, tmp_path / "drill").stderr[:6] == "APP198"
    assert keepers.drill(whole, tmp_path / "drill", key=other.recipients).stderr[:6] == "APP192"
    full = tmp_path / "full"
    full.mkdir()
    (full / "x").touch()
    assert keepers.drill(whole, full).stderr[:6] == "APP016"
    assert not (tmp_path / "drill").exists()


def test_a_dry_run_restores_nothing(whole: Path, keepers: Keepers, tmp_path: Path) -> None:
    before = lying(whole)
    done = keepers.drill(whole, tmp_path / "drill", "--dry-run")
    assert done.returncode == 0
    assert f"+ {LOG} (" in done.stdout
    assert not (tmp_path / "drill").exists()
    assert lying(whole) == before


def test_without_a_table_there_is_none(whole: Path, keepers: Keepers, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    assert manifest(folder).by_place(TABLE) == []
    assert keepers.drill(folder, tmp_path / "drill").returncode == 0
    assert [path.name for path in (tmp_path / "drill").iterdir()] == ["school.git"]
