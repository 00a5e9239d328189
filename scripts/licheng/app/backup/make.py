"""`licheng backup`: what is new on a server goes sealed into a folder, and last the manifest that names it all.

Nothing that the manifest names is written again: objects have their digest for a name, history comes as bundles of what
is new since the last one, the receipt log as the lines since then. Killed at any moment, the folder is the backup that
it was: a file that no manifest names is none, and goes with the next run.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from licheng import __version__
from licheng.app.backup import memory
from licheng.app.backup.answers import answers
from licheng.app.backup.manifest import BUNDLE, DRILL, NAME, TABLE, BackupFile, Manifest, digest, read_manifest
from licheng.app.backup.sealing import Counted, Progress, Sealer
from licheng.app.day import day_of
from licheng.app.server.received import ReceiptLog
from licheng.core.dates import written
from licheng.core.errors import LichengError, UsageError
from licheng.exchange import age
from licheng.sources.git import open_git
from licheng.sources.git import run as git
from licheng.sources.lfs import OID, LfsStore
from licheng.sources.tree import CommitTree
from licheng.storage.files import alone, given, sync, temporary

LOG = "licheng/receipts.jsonl"
OBJECTS = "lfs/objects"
# Beside history, objects and the log: settings, the key that signs receipts, traces, Git's own logs of its branches.
_BESIDE = ("config", "licheng/landing.log", "licheng/receipts.key", "licheng/receipts.pub")
_FOLDERS = ("history", "identities", "lfs", "state")
_AGE = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")


@dataclass(frozen=True)
class Asked:
    """What is to be backed up, and where to.

    Attributes:
        server: the bare repository.
        folder: the backup, new or that of an earlier run.
        table: the sealed identity table; None for none.
        now: UTC.
        today: on which the school is judged, as `2026-11-23`; None for its own today, which in a demo stands still.
    """

    server: Path
    folder: Path
    table: Path | None
    now: datetime
    today: str | None


@dataclass(frozen=True)
class BackupDraft:
    """What the next backup will write.

    Attributes:
        server: the bare repository.
        folder: the backup.
        previous: what lies there.
        manifest: of what stays, with no answers yet.
        objects: place and bytes of the attachments that are new.
        lines: first byte and end of the log's lines that are new.
        beside: contents of the small files that changed, by place.
        table: the identity table, where it changed.
    """

    server: Path
    folder: Path
    previous: Manifest | None
    manifest: Manifest
    objects: Mapping[str, int]
    lines: tuple[int, int]
    beside: Mapping[str, bytes]
    table: Path | None

    @property
    def size(self) -> int:
        """Bytes that will be read, but for those of history, which nobody knows before."""
        return sum(self.objects.values()) + self.lines[1] - self.lines[0] + sum(map(len, self.beside.values()))

    @property
    def has_history(self) -> bool:
        """Whether a reference names something that the last backup did not."""
        known = set(self.previous.refs.values()) if self.previous is not None else set()
        return not known.issuperset(self.manifest.refs.values())

    def lines_written(self) -> list[str]:
        """What would be written, one line a file."""
        history = [f"+ {self._bundle}"] if self.has_history else []
        objects = [f"+ {_sealed(place)} ({size} bytes)" for place, size in self.objects.items()]
        first, end = self.lines
        log = [f"+ {self._state(LOG)} ({end - first} bytes)"] if end > first else []
        beside = [f"+ {self._state(place)} ({len(data)} bytes)" for place, data in self.beside.items()]
        table = [f"+ {self._table}"] if self.table is not None else []
        return [*history, *objects, *log, *beside, *table, f"{'~' if self.previous is not None else '+'} {NAME}"]

    @property
    def _bundle(self) -> str:
        return f"history/{self.manifest.number:06}.bundle.age"

    @property
    def _table(self) -> str:
        return f"identities/{self.manifest.number:06}.age"

    def _state(self, place: str) -> str:
        return f"state/{self.manifest.number:06}/{_sealed(place)}"

    def write(self, recipients: Sequence[age.Recipient], progress: Progress) -> Manifest:
        """Write what is new, ask the repository for its answers, write the manifest.

        Raises:
            LichengError: APP193, something could not be written; APP197, an attachment on the server is damaged.
        """
        sealer = Sealer(self.folder, recipients, progress)
        new = [*self._history(sealer), *self._files(sealer, progress)]
        sync((self.folder / part.path for part in new), self.folder)
        log = ReceiptLog(self.server / LOG, self.lines[1])
        given = answers(self.server, self.manifest.refs[self.manifest.head], date.fromisoformat(self.manifest.day), log)
        parts = sorted(
            (*self.manifest.parts, *new),
            # History in the order in which it was written, then the rest.
            key=lambda part: (0, part.path, 0) if part.place == BUNDLE else (1, part.place, part.start),
        )
        manifest = replace(self.manifest, answers=given, parts=tuple(parts))
        data = manifest.written()
        temporary(self.folder / NAME, data, 0o600).replace(self.folder / NAME)
        sync((), self.folder)
        memory.remember(self.server, self.folder, manifest, digest(data))
        return manifest

    def _history(self, sealer: Sealer) -> Iterator[BackupFile]:
        """A bundle of what no earlier one holds (git-bundle(1)); a tip that is gone from the server bounds nothing."""
        if not self.has_history:
            return
        old = sorted(set(self.previous.refs.values())) if self.previous is not None else []
        looked = git(self.server, "cat-file", "--batch-check", given="".join(f"{tip}\n" for tip in old).encode())
        here = [line.split()[0] for line in looked.decode().splitlines() if not line.endswith(" missing")]
        wanted = "".join(f"{line}\n" for line in (*self.manifest.refs, *(f"^{tip}" for tip in here)))
        with open_git(self.server, "bundle", "create", "--quiet", "-", "--stdin") as process:
            assert process.stdin is not None  # noqa: S101 - all of them are pipes
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(wanted.encode())
            process.stdin.close()
            part = sealer.seal(process.stdout, self._bundle, BUNDLE)
        if process.returncode:
            raise LichengError("APP003", command="git bundle")
        yield part

    def _files(self, sealer: Sealer, progress: Progress) -> Iterator[BackupFile]:
        """Attachments, the log, what lies beside it, and the identity table."""
        for place in self.objects:
            with (self.server / place).open("rb") as file:
                part = sealer.seal(file, _sealed(place), place)
            if part.content_sha256 != place.rpartition("/")[2]:
                raise LichengError("APP197", path=place)
            yield part
        first, end = self.lines
        if end > first:
            with (self.server / LOG).open("rb") as file:
                file.seek(first)
                yield sealer.seal(file, self._state(LOG), LOG, first, end - first)
        for place, data in self.beside.items():
            yield sealer.seal(io.BytesIO(data), self._state(place), place)
        if self.table is not None:  # sealed by others, for others: it is copied as it is
            data = self.table.read_bytes()
            target = self.folder / self._table
            target.parent.mkdir(mode=0o700, exist_ok=True)
            temporary(target, data, 0o600).replace(target)
            progress(len(data))
            yield BackupFile(self._table, len(data), digest(data), TABLE, len(data), digest(data))


def back_up(asked: Asked, recipients: Sequence[age.Recipient], progress: Progress) -> Manifest:
    """Make a backup; one at a time in a folder.

    Args:
        asked: of what, and where.
        recipients: who can open it.
        progress: called with bytes that are done.

    Raises:
        UsageError: as `draft`; APP195, another run is at work there.
        LichengError: as `BackupDraft.write`.
    """
    draft(asked)  # what is refused makes no folder
    asked.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with alone(asked.folder, waits=False):
            manifest = draft(asked).write(recipients, progress)
            _tidy(asked.folder, manifest)
            return manifest
    except BlockingIOError as error:
        raise UsageError("APP195", path=str(asked.folder)) from error


def draft(asked: Asked) -> BackupDraft:
    """What a backup would write now.

    Raises:
        UsageError: APP016, the folder holds something else; APP095, the server is no bare repository; APP196, the
            folder is another school's, or lies in the repository; APP199, there is nothing to back up yet, the log is
            not the one that was backed up, or the identity table is not sealed.
    """
    server, folder = asked.server, asked.folder
    store = LfsStore.of(server)
    if store is None or not store.complete:
        raise UsageError("APP095", path=str(server))
    previous = _previous(folder, server)
    refs, head, roots = _references(server)
    if head not in refs:
        raise UsageError("APP199", path=str(server), case="empty")
    if previous is not None and not set(previous.roots) & set(roots):
        raise UsageError("APP196", path=str(folder), case="foreign")
    parts = previous.parts if previous is not None else ()
    kept = {part.place: part for part in parts}
    lines = _lines(server, [part for part in parts if part.place == LOG])
    logs = sorted(path for path in (server / "logs").rglob("*") if path.is_file() and path.suffix != ".lock")
    names = (*_BESIDE, *(path.relative_to(server).as_posix() for path in logs))
    beside = {name: (server / name).read_bytes() for name in names if (server / name).is_file()}
    beside_new = {place: data for place, data in beside.items() if not _same(kept.get(place), data)}
    sealed_table = _table(asked.table)
    new_table = sealed_table is not None and not _same(kept.get(TABLE), sealed_table)
    stays = tuple(
        part
        for part in parts
        if part.place in {BUNDLE, LOG}
        or part.place.startswith(f"{OBJECTS}/")
        or (part.place in beside and part.place not in beside_new)
        or (part.place == TABLE and not new_table)
    )
    objects = {
        place: path.stat().st_size
        for path in sorted(store.folder.glob("??/??/*"))
        if OID.fullmatch(path.name) and path == store.path(path.name)  # what is being received lies elsewhere
        if (place := f"{OBJECTS}/{path.relative_to(store.folder).as_posix()}") not in kept
    }
    with CommitTree(server, refs[head]) as tree:
        day = day_of(tree, asked.today)
    number = previous.number + 1 if previous is not None else 1
    manifest = Manifest(number, written(asked.now), day.isoformat(), __version__, roots, head, refs, {}, stays)
    return BackupDraft(
        server, folder, previous, manifest, objects, lines, beside_new, asked.table if new_table else None
    )


def _previous(folder: Path, server: Path) -> Manifest | None:
    """What lies in the folder; what a killed first run left there has no manifest yet.

    Raises:
        UsageError: APP016, APP024, APP196, APP198.
    """
    if folder.resolve().is_relative_to(server.resolve()):
        raise UsageError("APP196", path=str(folder), case="inside")
    if not folder.exists():
        return None
    previous = read_manifest(folder) if folder.is_dir() else None
    ours = folder.is_dir() and all(child.name in _FOLDERS or _is_temporary(child) for child in folder.iterdir())
    if previous is None and not ours:
        raise UsageError("APP016", path=str(folder))
    return previous


def _references(server: Path) -> tuple[dict[str, str], str, tuple[str, ...]]:
    """References with what they name, the branch of HEAD, the first commits; empty before the first push."""
    listed = git(server, "for-each-ref", "--format=%(refname) %(objectname) %(HEAD)").decode().splitlines()
    refs = {name: sha for name, sha, _ in (line.split(" ", 2) for line in listed)}
    head = next((line.split()[0] for line in listed if line.endswith(" *")), "")
    head = head or git(server, "symbolic-ref", "HEAD").decode().strip()  # a branch before its first commit
    roots = git(server, "rev-list", "--max-parents=0", head).decode().split() if head in refs else []
    return refs, head, tuple(sorted(roots))


def _lines(server: Path, parts: Iterable[BackupFile]) -> tuple[int, int]:
    """The bytes of the log that no part holds yet: it only grows, and what was backed up of it is its beginning.

    Raises:
        UsageError: APP199, it is shorter or another one: somebody changed it.
    """
    log, first = ReceiptLog(server / LOG), 0
    end = log.whole()
    for part in parts:
        first += part.content_size
        if first > end:
            raise UsageError("APP199", path=LOG, case="log")
        with log.path.open("rb") as file:
            file.seek(part.start)
            there = Counted(file, lambda _done: None, part.content_size)
            while there.read(1 << 20):
                pass
        if there.sha256 != part.content_sha256:
            raise UsageError("APP199", path=LOG, case="log")
    return first, end


def _table(path: Path | None) -> bytes | None:
    """The sealed identity table.

    Raises:
        UsageError: APP024, it cannot be read; APP199, anybody could read it.
    """
    if path is None:
        return None
    data = given(path)
    if not data.startswith(_AGE):
        raise UsageError("APP199", path=str(path), case="table")
    return data


def _same(part: BackupFile | None, data: bytes) -> bool:
    return part is not None and part.content_sha256 == digest(data)


def _sealed(place: str) -> str:
    return f"{place}.age"


def _is_temporary(path: Path) -> bool:
    return path.name.startswith(f".{NAME}.") and path.name.endswith("~")


def _tidy(folder: Path, manifest: Manifest) -> None:
    """Take away what the manifest does not name: what killed runs left, and what has been replaced."""
    named = {part.path for part in manifest.parts}
    for top in _FOLDERS:
        for inside, _, files in os.walk(folder / top, topdown=False):
            for name in files:
                path = Path(inside, name)
                if path.relative_to(folder).as_posix() not in named:
                    path.unlink()
            if not any(Path(inside).iterdir()):
                Path(inside).rmdir()
    for path in folder.iterdir():
        if _is_temporary(path) or (path.name.startswith(f".{DRILL}.") and path.name.endswith("~")):
            path.unlink()
