"""`licheng renew`: a server's repository begun anew, without its past, so that nothing sealed is left in it (肆.四).

The new beginning holds the files of main, the objects that they name, the whole receipt log and its keys. The log goes
on: its next line, which the server signs, names the last commit before and the first one after, and follows from every
line before. So all that was signed, received and receipted verifies as ever; only commits before are gone.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from licheng.app.server.install import install
from licheng.app.server.received import ReceiptLog
from licheng.core.errors import LichengError, UsageError
from licheng.policy.receipts import RENEWED, digest
from licheng.sources.attachments import pointer
from licheng.sources.git import Objects, refuse_partial
from licheng.sources.git import run as git
from licheng.sources.lfs import LfsStore, RefusedObjectError
from licheng.sources.repository import Repository
from licheng.sources.tree import CommitTree
from licheng.storage.folders import new_folder

_MAIN = "refs/heads/main"
_CHUNK = 1 << 20


class Renewal(NamedTuple):
    """What is carried over.

    Attributes:
        tip: the last commit of main before.
        sequence: the last line of the log before; 0 where it has none.
        head: the digest of that line.
        objects: of Git LFS, that main's files name, by their SHA-256.
        left: bytes of the objects of Git LFS that nothing names any more.
    """

    repository: Path
    tip: str
    sequence: int
    head: str
    objects: dict[str, int]
    left: int


def planned(repository: Path) -> Renewal:
    """What a renewal of a server's repository carries over.

    Raises:
        UsageError: APP095, it is no server's repository; APP470, main is not where the log left it.
        LichengError: APP092, it does not hold everything; APP093, APP166, somebody changed the log.
    """
    log = ReceiptLog.of(repository)
    if not log.path.is_file():
        raise UsageError("APP095", path=str(repository))
    refuse_partial(Objects(repository))
    tip, last, landed = git(repository, "rev-parse", "--verify", _MAIN).decode().strip(), None, None
    for last in log.entries():
        landed = last if last["event"] in {"landed", RENEWED} else landed
    if landed is not None and landed["head"] != tip:
        raise UsageError("APP470", tip=tip, logged=landed["head"])
    with CommitTree(repository, tip) as tree:
        named = (pointer(tree.read(entry)) for entry in tree.entries("content") if entry.size <= 200)
        objects = {each.oid: each.size for each in named if each is not None}
    store = LfsStore(repository / "lfs/objects")
    kept = {path.name: path.stat().st_size for path in store.folder.rglob("*") if path.is_file()}
    left = sum(size for oid, size in kept.items() if oid not in objects)
    sequence, head = (last["sequence"], digest(last)) if last is not None else (0, "0" * 64)
    return Renewal(repository, tip, sequence, head, objects, left)


def renewed(renewal: Renewal, target: Path, by: str, now: datetime) -> str:
    """Make the new repository: the whole of it appears, or nothing; the old one is only read.

    Args:
        renewal: what is carried over.
        target: a new or empty folder.
        by: the staff id of who renews.
        now: UTC.

    Returns:
        the first commit.

    Raises:
        UsageError: APP016, the folder is not empty.
        LichengError: APP471, an object of Git LFS is not in the store, or another; APP470, main has moved meanwhile.
    """
    with new_folder(target) as place:
        git(renewal.repository, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
        first = _begun(renewal, place, now)
        _carry_objects(renewal, place)
        before, after = ReceiptLog.of(renewal.repository), ReceiptLog.of(place)
        after.path.parent.mkdir(mode=0o700)
        shutil.copy2(before.path, after.path)
        for source, copy in ((before.key.private, after.key.private), (before.key.public, after.key.public)):
            if source.exists():
                shutil.copy2(source, copy)
        settings = Repository(renewal.repository, None).settings
        own = {name: value for name, value in settings.items() if name.startswith("licheng.")}
        install(place, demo=own.get("licheng.demo") == "true", site=None).apply()
        for name, value in own.items():  # where the site is built, whose names no commit may tell
            git(place, "config", name, value)
        after.append(now, RENEWED, actor=by, base=renewal.tip, head=first)
        git(place, "fsck", "--full", "--strict", "--no-dangling")
        if planned(renewal.repository) != renewal:
            raise UsageError("APP470", tip=renewal.tip, logged="-")
    return first


def _begun(renewal: Renewal, place: Path, now: datetime) -> str:
    """The first commit: the files of the last one before, and nothing before it."""
    borrowed = place / "objects/info/alternates"
    borrowed.write_text(f"{renewal.repository / 'objects'}\n", encoding="utf-8")
    message = f"The repository begins anew\n\nbefore: {renewal.tip}\nreceipts: {renewal.sequence} {renewal.head}\n"
    who = f"licheng <renewal@licheng.invalid> {int(now.timestamp())} +0000"
    tree = git(renewal.repository, "rev-parse", f"{renewal.tip}^{{tree}}").decode().strip()
    raw = f"tree {tree}\nauthor {who}\ncommitter {who}\n\n{message}"
    first = git(place, "hash-object", "-t", "commit", "-w", "--stdin", given=raw.encode()).decode().strip()
    git(place, "update-ref", _MAIN, first)
    # All that the commit reaches is written into a pack of its own; then nothing is borrowed any more.
    git(place, "repack", "-a", "-d", "-q")
    borrowed.unlink()
    return first


def _carry_objects(renewal: Renewal, place: Path) -> None:
    before, after = LfsStore(renewal.repository / "lfs/objects"), LfsStore(place / "lfs/objects")
    for oid, size in renewal.objects.items():
        try:
            with before.path(oid).open("rb") as file:
                after.receive(oid, size, iter(partial(file.read, _CHUNK), b""))
        except (OSError, RefusedObjectError) as error:
            raise LichengError("APP471", oid=oid) from error
