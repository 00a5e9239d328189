"""`licheng restore-drill`: a backup becomes a server again, in a new folder, and is asked what it was asked then.

A backup that nobody has ever restored is a hope. Each digest is compared on the way, Git looks at every object, and
check, verify and audit must say what they said, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from licheng import __version__
from licheng.app.backup.answers import answers
from licheng.app.backup.make import LOG, OBJECTS
from licheng.app.backup.manifest import BUNDLE, TABLE, BackupFile, Manifest, read_manifest
from licheng.app.backup.memory import note_drill
from licheng.app.backup.sealing import Progress, copied, opened
from licheng.app.server.received import ReceiptLog
from licheng.core.errors import LichengError, UsageError
from licheng.exchange import age
from licheng.sources.git import run as git
from licheng.storage.folders import new_folder

REPOSITORY = "school.git"
_CONFIG = "config"


@dataclass(frozen=True)
class Drill:
    """How a drill ended.

    Attributes:
        manifest: of the backup.
        now: SHA-256 of what check, verify and audit say of what was restored.
        engine: the version of licheng that asked.
    """

    manifest: Manifest
    now: dict[str, str]
    engine: str = __version__

    @property
    def same(self) -> bool:
        """Whether every answer is the one that was given then."""
        return self.now == dict(self.manifest.answers)


def backup_at(folder: Path) -> Manifest:
    """The manifest of a folder that must be a backup.

    Raises:
        UsageError: APP198, it is none.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError("APP198", path=str(folder), case="none")
    return manifest


def restore(folder: Path, target: Path, keys: Sequence[age.Identity], at: datetime, progress: Progress) -> Drill:
    """Restore a backup into a new folder, which appears whole or not at all, and note in the backup that it went well.

    Args:
        folder: the backup.
        target: becomes `school.git`, and `identities.age` where there is a table.
        keys: one of them opens it.
        at: now, UTC.
        progress: called with bytes of content that are done.

    Raises:
        UsageError: APP016, the target is not empty; APP198, there is no backup.
        LichengError: APP193, it could not be written; APP194, no key opens it; APP198, a file, a content or the history
            is not what the manifest says.
    """
    manifest = backup_at(folder)
    with new_folder(target) as place:
        place.mkdir(mode=0o700)
        server = place / REPOSITORY
        branch = manifest.head.removeprefix("refs/heads/")
        git(place, "init", "--quiet", "--bare", f"--initial-branch={branch}", REPOSITORY)
        server.chmod(0o700)
        _take_history(folder, manifest, place, keys, progress)
        # The settings come last: nothing that they name runs while others look at what was restored.
        for part in sorted(manifest.parts, key=lambda part: part.place == _CONFIG):
            if part.place == TABLE:
                copied(folder, part, place / "identities.age", progress)
            elif part.place not in {BUNDLE, _CONFIG}:
                _put(folder, part, server, keys, progress)
        log = ReceiptLog(server / LOG)
        now = answers(server, manifest.refs[manifest.head], date.fromisoformat(manifest.day), log)
        for part in manifest.by_place(_CONFIG):
            (server / _CONFIG).unlink()
            _put(folder, part, server, keys, progress)
    drill = Drill(manifest, now)
    if drill.same:
        note_drill(folder, at, manifest.number)
    return drill


def _take_history(
    folder: Path, manifest: Manifest, place: Path, keys: Sequence[age.Identity], progress: Progress
) -> None:
    """Take in the bundles and set the references, then let Git look at every object and at what it names."""
    server, bundle = place / REPOSITORY, place / BUNDLE
    for part in (part for part in manifest.parts if part.place == BUNDLE):
        opened(folder, part, bundle, keys, progress)
        try:
            git(server, "bundle", "unbundle", str(bundle))
        except LichengError as error:
            raise LichengError("APP198", path=part.path, case="history") from error
        finally:
            bundle.unlink()
    lines = "".join(f"create {name} {commit}\n" for name, commit in manifest.refs.items())
    try:
        git(server, "update-ref", "--stdin", given=lines.encode())
        git(server, "fsck", "--full", "--strict", "--no-dangling")
    except LichengError as error:
        raise LichengError("APP198", path="history", case="history") from error


def _put(folder: Path, part: BackupFile, server: Path, keys: Sequence[age.Identity], progress: Progress) -> None:
    """One more part of a file of the server, at its end; the log comes in several."""
    target = server / part.place
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (target.stat().st_size if target.exists() else 0) != part.start:
        raise LichengError("APP198", path=part.path, case="file")
    target.touch(mode=0o600)
    opened(folder, part, target, keys, progress)
    if part.place.startswith(f"{OBJECTS}/"):
        target.chmod(0o444)
