"""`licheng renew`: after a seal nothing of that student is reachable, and everything of everybody else verifies."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.app.server import install as install_app
from licheng.app.server import renew as renew_app
from licheng.app.server.install import install
from licheng.app.server.received import ReceiptLog
from licheng.app.server.verify_receipt import ReceiptVerdict, read, verify
from licheng.demo.school import INTAKE
from licheng.outputs.receipt import block
from licheng.policy.certification import verified
from licheng.policy.receipts import discrepancies
from licheng.sources.git import run
from licheng.sources.lfs import LfsStore
from licheng.sources.reflog import moves
from licheng.sources.tree import CommitTree
from licheng.storage.plan import Plan
from tests.certified import STUDENT, folder
from tests.command import licheng
from tests.exchange.test_seal import DAY, LARGE, OID, OTHER, OURS, committed, git, school, seal
from tests.gate.items import STUDENT as PUPIL
from tests.gate.items import output
from tests.gate.scene import NOW as DEMO_NOW
from tests.gate.server import Server
from tests.people import Registry

RECEIVED = datetime(2026, 11, 20, 4, tzinfo=UTC)
SEALED_AT = datetime(2032, 4, 21, 4, tzinfo=UTC)
SHARED = b"%PDF-1.4 the same file of both" + b"%" * (70 << 10)
SHARED_OID = hashlib.sha256(SHARED).hexdigest()


def take(bare: Path, clone: Path, at: datetime, things: dict[str, str]) -> dict[str, object]:
    """Main moves as after a push, and the log says so."""
    before = git(bare, "rev-parse", "--verify", "main").strip() if (bare / "refs/heads/main").exists() else "0" * 40
    git(bare, "fetch", "-q", str(clone), "main:main")
    said = {"actor": "t903", "base": before, "head": git(bare, "rev-parse", "main").strip()}
    log = ReceiptLog.of(bare)
    first = log.append(at, "received", **said, outcome="accepted", things=things)
    log.append(at, "landed", **said)
    return first


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server that received the work of two students, one of whom was sealed since, and a clone."""
    top = tmp_path_factory.mktemp("renew")
    made, clone, bare = school(), top / "school", top / "school.git"
    for student in (STUDENT, OTHER):
        item = f"content/students/113/{student}/others/shared"
        text = made.files[f"content/students/113/{STUDENT}/others/large/item.md"].decode()
        text = text.replace(OID, SHARED_OID).replace(str(len(LARGE)), str(len(SHARED)))
        made.files[f"{item}/item.md"] = text.encode()
        made.files[f"{item}/large.pdf"] = pointer(SHARED_OID, len(SHARED))
    Plan(creates=made.tree().files).apply(clone)
    git(clone, "init", "-q", "-b", "main")
    committed(clone, "A school")
    git(top, "init", "-q", "--bare", "-b", "main", str(bare))
    install(bare, demo=True, site=None).apply()
    git(bare, "config", "licheng.identities", "/registry/people.txt")
    for folder_, data in ((clone / ".git", LARGE), (bare, LARGE), (clone / ".git", SHARED), (bare, SHARED)):
        LfsStore(folder_ / "lfs/objects").receive(hashlib.sha256(data).hexdigest(), len(data), [data])
    first = take(bare, clone, RECEIVED, {folder(OTHER): "ab" * 32, folder(STUDENT): "cd" * 32})
    (top / "receipt.txt").write_text(block(first), encoding="utf-8")
    Registry.at(top / "registry")
    assert seal(top).returncode == 0
    committed(clone, "A seal")
    take(bare, clone, SEALED_AT, {})
    return top


def pointer(oid: str, size: int) -> bytes:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()


def renew(top: Path, *more: str) -> subprocess.CompletedProcess[str]:
    where = ("--repo", str(top / "school.git"), "--to", str(top / "new.git"))
    return licheng(top, "renew", *where, "--by", "t903", "--now", "2032-04-22T04:00:00Z", *more)


@pytest.fixture(scope="module")
def renewed(place: Path) -> Path:
    done = renew(place)
    assert done.returncode == 0, done.stderr
    return place / "new.git"


def blobs(bare: Path, *paths: str) -> set[str]:
    """Every blob that ever lay below some paths, in all of history."""
    listed = git(bare, "log", "--all", "--raw", "--no-abbrev", "--no-renames", "--format=", "--", *paths)
    return {sha for line in listed.splitlines() for sha in line.split()[2:4]} - {"0" * 40}


def everything(bare: Path) -> set[str]:
    """Every object that the repository holds, reachable or not."""
    listed = git(bare, "cat-file", "--batch-check=%(objectname)", "--batch-all-objects")
    return set(listed.split())


def test_no_blob_of_a_sealed_student_is_left(place: Path, renewed: Path) -> None:
    """Nor an object of Git LFS that nobody else has; what another has as well stays."""
    theirs = [f"{top}/{STUDENT}" for top in OURS]
    gone = blobs(place / "school.git", *theirs) - blobs(place / "school.git", ".", *(f":!{path}" for path in theirs))
    assert len(gone) >= 5
    assert gone <= everything(place / "school.git")
    assert gone & everything(renewed) == set()
    assert blobs(renewed, *theirs) == set()
    assert [path.name for path in (renewed / "lfs/objects").rglob("*") if path.is_file()] == [SHARED_OID]
    assert not (renewed / "objects/info/alternates").exists()
    assert git(renewed, "fsck", "--full", "--strict") == ""
    # The digest of the student's file is in none of its objects either.
    asked = ["git", "-C", str(renewed), "cat-file", "--batch", "--batch-all-objects"]
    held = subprocess.run(asked, capture_output=True, check=True).stdout
    assert SHARED_OID.encode() in held
    assert OID.encode() not in held


def test_all_that_is_of_others_verifies_as_before(place: Path, renewed: Path) -> None:
    for bare in (place / "school.git", renewed):
        with CommitTree(bare, "main") as tree:
            loaded = load(tree, date.fromisoformat(DAY))
            [student] = loaded.students()
            assert student.id == OTHER
            [[decision]] = verified(student, loaded.school).values()
            assert decision.faults == ()
            assert not [
                each for each in check(tree, date.fromisoformat(DAY)).findings if each.code[:3] in {"CER", "KEY"}
            ]
    assert git(renewed, "rev-parse", "main^{tree}") == git(place / "school.git", "rev-parse", "main^{tree}")


def test_the_log_goes_on(place: Path, renewed: Path) -> None:
    before, after = ReceiptLog.of(place / "school.git"), ReceiptLog.of(renewed)
    assert after.path.read_bytes().startswith(before.path.read_bytes())
    *_, last = after.entries()
    assert (last["event"], last["actor"]) == ("renewed", "t903")
    assert (last["base"], last["head"]) == (
        git(place / "school.git", "rev-parse", "main").strip(),
        git(renewed, "rev-parse", "main").strip(),
    )
    # When somebody else's work was received, and the receipt that was given for it.
    assert after.first_received({folder(OTHER): "ab" * 32}) == {folder(OTHER): RECEIVED}
    assert git(renewed, "config", "licheng.identities") == "/registry/people.txt\n"
    keys = [key for _, key in after.key.listed()]
    assert verify(read((place / "receipt.txt").read_bytes()), after, keys) is ReceiptVerdict.GENUINE
    assert list(discrepancies(list(after.entries()), moves(renewed, "refs/heads/main"), demo=True)) == []
    # The first commit says of which past it is: last commit, last line and digest of the log.
    [*_, landed] = before.entries()
    message = git(renewed, "log", "-1", "--format=%B", "main")
    assert f"before: {last['base']}\nreceipts: {landed['sequence']} " in message


def test_the_old_one_is_only_read(place: Path, renewed: Path) -> None:
    assert renewed.exists()
    assert git(place / "school.git", "rev-list", "--count", "main").strip() == "2"
    assert not (place / "school.git/objects/info/alternates").exists()


def test_a_dry_run_says_what_stays_behind(place: Path, tmp_path: Path) -> None:
    shown = licheng(
        place,
        *("renew", "--repo", str(place / "school.git"), "--to", str(tmp_path / "x.git"), "--by", "t903", "--dry-run"),
    )
    assert f"帶走附件 1 個，留下 {len(LARGE)} 位元組不帶，收件紀錄從第 4 行接續" in shown.stdout
    assert not (tmp_path / "x.git").exists()


@pytest.mark.parametrize("what", ["unlogged", "no object", "nobody", "no server"])
def test_refused(place: Path, tmp_path: Path, what: str) -> None:
    top = tmp_path / "top"
    shutil.copytree(place, top, ignore=shutil.ignore_patterns("new.git"))
    more: tuple[str, ...] = ()
    match what:
        case "unlogged":
            git(top / "school.git", "update-ref", "refs/heads/main", "main^")
        case "no object":
            LfsStore(top / "school.git/lfs/objects").path(SHARED_OID).unlink()
        case "nobody":
            more = ("--by", "t999")
        case _:
            (top / "school.git/licheng/receipts.jsonl").unlink()
    done = renew(top, *more)
    assert done.returncode != 0
    assert {"unlogged": "APP470", "no object": "APP471", "nobody": "APP429"}.get(what, "APP095") in done.stderr
    assert not (top / "new.git").exists()
    assert [path.name for path in top.glob(".new.git.*")] == []


@pytest.mark.parametrize("before", ["hash-object", "repack", "config", "fsck"])
def test_killed_anywhere_a_renewal_leaves_nothing_and_is_run_again(place: Path, tmp_path: Path, before: str) -> None:
    top = tmp_path / "top"
    shutil.copytree(place, top, ignore=shutil.ignore_patterns("new.git"))
    child = os.fork()
    if child == 0:

        def killed(root: Path, *arguments: str, given: bytes = b"") -> bytes:
            if arguments[0] == before:
                os.kill(os.getpid(), signal.SIGKILL)
            return run(root, *arguments, given=given)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(renew_app, "git", killed)
            patch.setattr(install_app, "git", killed)
            renew_app.renewed(renew_app.planned(top / "school.git"), top / "new.git", "t903", SEALED_AT)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert not (top / "new.git").exists()
    assert len([*top.glob(".new.git.*")]) == 1
    done = renew(top)
    assert done.returncode == 0, done.stderr
    assert [*top.glob(".new.git.*")] == []
    assert git(top / "new.git", "rev-parse", "main^{tree}") == git(top / "school.git", "rev-parse", "main^{tree}")


def test_a_push_lands_after_a_renewal(started: Server) -> None:
    """And a clone of before brings nothing back."""
    old = started.clone(INTAKE, name="old")
    log, target = started.receipts, started.root.with_name("begun.git")
    log.append(DEMO_NOW, "received", actor=INTAKE, base="0" * 40, head="1" * 40, outcome="refused", things={})
    moment = DEMO_NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    where = ("--repo", str(started.root), "--to", str(target))
    done = licheng(started.folder, "renew", *where, "--by", "t006", "--now", moment)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(started.root)
    target.rename(started.root)
    first = started.main
    started.commit(old, output("running"), PUPIL)
    assert started.push(INTAKE, old, "--force").returncode == 1
    assert started.main == first
    clone = started.clone(INTAKE, name="fresh")
    started.commit(clone, output("running"), PUPIL)
    done = started.push(INTAKE, clone)
    assert done.returncode == 0, done.stderr
    assert started.git("rev-list", "--count", "main") == "2"
    assert [entry["event"] for entry in started.log()] == ["received", "renewed", "received", "received", "landed"]
    assert list(discrepancies(started.log(), moves(started.root, "refs/heads/main"), demo=True)) == []
