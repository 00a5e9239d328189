"""`licheng backup`: what goes into the folder, what never does, and what is refused with nothing changed."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from licheng.app.backup.manifest import BUNDLE, TABLE, BackupFile, digest
from licheng.app.server.audit import audit
from licheng.exchange import age
from licheng.sources.reading import student_ids
from licheng.sources.tree import CommitTree
from licheng.storage.files import alone
from tests.backup.conftest import DATA, hand_in, put
from tests.backup.keepers import Keepers, lying, manifest
from tests.gate.items import STUDENT
from tests.gate.server import Server, copy_repository

pytestmark = pytest.mark.usefixtures("schools_judged_once", "answered_once")
LOG = "licheng/receipts.jsonl"


def test_everything_of_the_server_is_in_it_and_named_with_its_digest(whole: Path, begun: Server) -> None:
    made, files = manifest(whole), lying(whole)
    assert {part.path for part in made.parts} == set(files) - {"manifest.json"}
    assert {part.path: part.sha256 for part in made.parts} == {
        name: digest(data) for name, data in files.items() if name != "manifest.json"
    }
    places = {part.place for part in made.parts}
    assert {BUNDLE, LOG, "config", "licheng/receipts.key", "licheng/receipts.pub", "logs/HEAD"} <= places
    stored = {path.name for path in (begun.root / "lfs/objects").rglob("*") if path.is_file()}
    assert stored == {part.content_sha256 for part in made.parts if part.place.startswith("lfs/")} != set()
    assert made.refs["refs/heads/main"] == begun.main
    assert all(stat.S_IMODE((whole / name).stat().st_mode) == 0o600 for name in files)


def test_nothing_can_be_read_without_a_key(whole: Path, begun: Server) -> None:
    secrets = [
        STUDENT.encode(),
        DATA[:200],
        (begun.root / "licheng/receipts.key").read_bytes().splitlines()[1],
        (begun.root / LOG).read_bytes()[:100],
        "育仁".encode(),
    ]
    for name, data in lying(whole).items():
        assert not [secret for secret in secrets if secret in data], name
        if name != "manifest.json":
            assert data.startswith(b"age-encryption.org/v1\n")


def test_stock_age_and_git_open_it_without_this_program(whole: Path, keepers: Keepers, tmp_path: Path) -> None:
    program = shutil.which("age")
    assert program, "make server"
    made = manifest(whole)
    [bundle] = made.by_place(BUNDLE)
    with (tmp_path / "school.bundle").open("wb") as opened:
        command = [program, "-d", "-i", str(keepers.first), str(whole / bundle.path)]
        subprocess.run(command, stdout=opened, check=True)
    subprocess.run(["git", "clone", "-q", "-b", "main", "school.bundle", "school"], cwd=tmp_path, check=True)
    assert (tmp_path / "school/content/school/school.yaml").is_file()
    place = next(part for part in made.parts if part.content_sha256 == digest(DATA))
    command = [program, "-d", "-i", str(keepers.second), str(whole / place.path)]
    assert subprocess.run(command, capture_output=True, check=True).stdout == DATA


def test_the_next_one_writes_only_what_is_new(whole: Path, server: Server, keepers: Keepers, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    before, first = lying(folder), manifest(folder)
    inodes = {name: (folder / name).stat().st_ino for name in before}
    hand_in(server, "jumping")
    new = put(server, b"another attachment")
    done = keepers.backup(folder, server.root)
    assert done.returncode == 0, done.stderr
    after, second = lying(folder), manifest(folder)
    kept = {part.path for part in first.parts} & {part.path for part in second.parts}
    assert all((folder / name).stat().st_ino == inodes[name] and after[name] == before[name] for name in kept)
    # Some gits log of HEAD, too, what is logged of the branch.
    written = {part.place for part in second.parts if part.path not in kept} - {"logs/HEAD"}
    assert written == {BUNDLE, LOG, new, "licheng/landing.log", "logs/refs/heads/main"}
    sizes = [part.content_size for part in second.by_place(BUNDLE)]
    assert sizes[1] * 20 < sizes[0], "the second bundle holds what is new since the first"
    lines = second.by_place(LOG)
    assert [part.start for part in lines] == [0, lines[0].content_size]
    assert set(after) == {"manifest.json", *(part.path for part in second.parts)}, "what was replaced is gone"


def test_the_git_processes_of_an_audit_do_not_grow_with_the_students(
    begun: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An audit of all of them is a part of what a backup asks; their folders are listed at once."""
    started: list[str] = []

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            started.append(" ".join(command))
            super().__init__(command, **options)

    with CommitTree(begun.root, begun.main) as tree:
        students = sorted(student_ids(tree))
    monkeypatch.setattr("licheng.sources.git.subprocess.Popen", Counted)
    audited = audit(begun.root, students, begun.receipts, None, commit=begun.main)
    assert len(students) == 30
    assert len(audited.paths) == 90  # the records of each, the certifications, and the seal
    assert 3 < len(started) < 20, started


def test_where_nothing_is_new_the_manifest_alone_is(server: Server, keepers: Keepers, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    assert keepers.backup(folder, server.root).returncode == 0
    before, first = lying(folder), manifest(folder)
    assert keepers.backup(folder, server.root).returncode == 0
    after, second = lying(folder), manifest(folder)
    assert (second.number, second.parts, second.answers) == (2, first.parts, first.answers)
    assert {name for name in after if after[name] != before.get(name)} == {"manifest.json"}


def test_an_attachment_that_is_gone_from_the_server_stays(server: Server, keepers: Keepers, tmp_path: Path) -> None:
    place, folder = put(server, b"to be lost"), tmp_path / "backup"
    assert keepers.backup(folder, server.root).returncode == 0
    (server.root / place).unlink()
    assert keepers.backup(folder, server.root).returncode == 0
    assert [part.place for part in manifest(folder).parts if part.place == place]


def test_the_identity_table_is_copied_as_it_is(server: Server, keepers: Keepers, tmp_path: Path) -> None:
    table, folder = tmp_path / "table.age", tmp_path / "backup"
    named: list[BackupFile] = []
    for content in (b"first", b"second"):
        table.write_bytes(age.encrypted(content, age.recipients_of(age.recipients_in(keepers.recipients))))
        assert keepers.backup(folder, server.root, "--identities", str(table)).returncode == 0
        named = manifest(folder).by_place(TABLE)
        assert (folder / named[0].path).read_bytes() == table.read_bytes()
    assert keepers.backup(folder, server.root).returncode == 0
    assert manifest(folder).by_place(TABLE) == named, "without the option the last one stays"


def test_a_dry_run_says_what_it_would_write_and_writes_nothing(
    server: Server, keepers: Keepers, tmp_path: Path
) -> None:
    folder, before = tmp_path / "backup", lying(server.root)
    done = keepers.backup(folder, server.root, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"lfs/objects/{digest(DATA)[:2]}/{digest(DATA)[2:4]}/{digest(DATA)}.age ({len(DATA)} bytes)" in done.stdout
    assert not folder.exists()
    assert lying(server.root) == before


@dataclass
class Attempt:
    """What is about to be asked for; each harm below changes one thing of it."""

    server: Server
    keepers: Keepers
    folder: Path
    root: Path
    options: tuple[str, ...] = ()

    @property
    def beside(self) -> Path:
        return self.server.folder

    def one_key(self) -> None:
        first = self.keepers.recipients.read_text(encoding="utf-8").splitlines()[1]
        self.keepers = replace(self.keepers, recipients=self.beside / "one.txt")
        self.keepers.recipients.write_text(first, encoding="utf-8")

    def no_server(self) -> None:
        subprocess.run(["git", "init", "-q", str(self.beside / "own")], check=True)
        self.root = self.beside / "own"

    def nothing_yet(self) -> None:
        self.root = self.beside / "empty.git"
        subprocess.run(["git", "init", "-q", "--bare", str(self.root)], check=True)

    def inside(self) -> None:
        self.folder = self.root / "backup"

    def another_school(self) -> None:
        self.root = self.beside / "other.git"
        copy_repository(self.server.root, self.root)
        identity = ("-c", "user.name=t001", "-c", "user.email=t001@licheng.invalid")
        command = ["git", *identity, "-C", str(self.root), "commit-tree", "main^{tree}", "-m", "Other"]
        orphan = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        subprocess.run(["git", "-C", str(self.root), "update-ref", "refs/heads/main", orphan], check=True)

    def something_else(self) -> None:
        self.folder = self.beside / "photos"
        self.folder.mkdir()
        (self.folder / "photo.jpg").write_bytes(b"x")

    def a_log_that_was_cut(self) -> None:
        data = (self.root / LOG).read_bytes()
        (self.root / LOG).write_bytes(data[: data.rindex(b"\n", 0, -1) + 1])

    def a_log_that_was_rewritten(self) -> None:
        data = (self.root / LOG).read_bytes()
        (self.root / LOG).write_bytes(data.replace(b"running", b"walking"))

    def a_table_in_the_clear(self) -> None:
        (self.beside / "names.csv").write_text("student,name\n", encoding="utf-8")
        self.options = ("--identities", str(self.beside / "names.csv"))

    def a_manifest_of_nobody(self) -> None:
        (self.folder / "manifest.json").write_text("{}", encoding="utf-8")

    def a_manifest_that_leads_out(self) -> None:
        data = (self.folder / "manifest.json").read_text(encoding="utf-8")
        (self.folder / "manifest.json").write_text(data.replace('"logs/HEAD"', '"hooks/update"'), encoding="utf-8")


REFUSED = {
    "one_key": "APP191",
    "no_server": "APP095",
    "nothing_yet": "APP199",
    "inside": "APP196",
    "another_school": "APP196",
    "something_else": "APP016",
    "a_log_that_was_cut": "APP199",
    "a_log_that_was_rewritten": "APP199",
    "a_table_in_the_clear": "APP199",
    "a_manifest_of_nobody": "APP198",
    "a_manifest_that_leads_out": "APP198",
}


@pytest.fixture
def attempt(whole: Path, server: Server, keepers: Keepers, tmp_path: Path) -> Attempt:
    return Attempt(server, keepers, Path(shutil.copytree(whole, tmp_path / "backup")), server.root)


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_reason_and_nothing_changed(attempt: Attempt, what: str) -> None:
    getattr(attempt, what)()
    before = lying(attempt.beside)
    done = attempt.keepers.backup(attempt.folder, attempt.root, *attempt.options)
    assert (done.returncode, done.stderr[:6]) == (2, REFUSED[what]), done.stderr
    assert lying(attempt.beside) == before


def test_two_at_once(attempt: Attempt) -> None:
    before = lying(attempt.beside)
    with alone(attempt.folder):
        done = attempt.keepers.backup(attempt.folder, attempt.root)
    assert (done.returncode, done.stderr[:6]) == (2, "APP195")
    assert lying(attempt.beside) == before
    assert attempt.keepers.backup(attempt.folder, attempt.root).returncode == 0


def test_a_damaged_attachment_is_told_and_what_the_failed_run_left_goes_with_the_next(attempt: Attempt) -> None:
    before, bad = lying(attempt.folder), attempt.root / put(attempt.server, b"new")
    bad.write_bytes(b"damaged")
    done = attempt.keepers.backup(attempt.folder, attempt.root)
    assert (done.returncode, done.stderr[:6]) == (3, "APP197")
    assert {name: data for name, data in lying(attempt.folder).items() if name in before} == before
    bad.unlink()
    assert attempt.keepers.backup(attempt.folder, attempt.root).returncode == 0
    named = {part.path for part in manifest(attempt.folder).parts}
    assert set(lying(attempt.folder)) == {"manifest.json", *named}


def test_a_full_disk_leaves_the_last_backup(whole: Path, server: Server, keepers: Keepers, tmp_path: Path) -> None:
    """A limit on the size of files fails a write in the middle of one, as a full disk does."""
    folder = Path(shutil.copytree(whole, tmp_path / "backup"))
    before = lying(folder)
    put(server, os.urandom(3_000_000))
    command = f'ulimit -f 1000; trap "" XFSZ; exec {shutil.which("licheng", path=str(Path(sys.executable).parent))}'
    told = f" backup {folder} --repo {server.root} --recipients {keepers.recipients}"
    done = subprocess.run(["sh", "-c", command + told], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr[:6]) == (3, "APP193"), done.stderr
    assert {name: data for name, data in lying(folder).items() if name in before} == before
