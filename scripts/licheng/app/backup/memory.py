"""What a server remembers of its backups, in `licheng/backups.json` beside its log: the disk may not be connected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from licheng.app.backup.manifest import DRILL, Manifest
from licheng.core.dates import instant, written
from licheng.core.errors import LichengError
from licheng.storage.files import sync, temporary
from licheng.storage.private import write_private

NAME = "backups.json"
_VERSION = 1


@dataclass(frozen=True)
class Remembered:
    """One folder of backups.

    Attributes:
        folder: where it lies, or lay.
        at: when the last backup was begun, UTC.
        manifest: SHA-256 of its manifest.
        drilled: when it was last restored with the same answers, UTC; None for never.
    """

    folder: Path
    at: datetime
    manifest: str
    drilled: datetime | None


def remembered(server: Path) -> list[Remembered]:
    """All folders, by name; with the drills that are noted in those that can be read now.

    Raises:
        LichengError: APP198, the file is none that this program writes.
    """
    path = server / "licheng" / NAME
    if not path.is_file():
        return []
    try:
        document = json.loads(path.read_bytes())
        if document["version"] != _VERSION:
            raise ValueError(document)
        return [
            Remembered(
                Path(folder),
                instant(noted["at"]),
                str(noted["manifest"]),
                _later(drilled(Path(folder)), instant(noted["drilled"]) if noted["drilled"] is not None else None),
            )
            for folder, noted in sorted(document["folders"].items())
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LichengError("APP198", path=str(path), case="memory") from error


def remember(server: Path, folder: Path, manifest: Manifest, digest: str) -> None:
    """Note a backup that is whole, and the drill of its folder."""
    known = {each.folder: each for each in remembered(server)}
    before = known.get(folder.absolute())
    last = _later(drilled(folder), before.drilled if before is not None else None)
    known[folder.absolute()] = Remembered(folder.absolute(), manifest.moment, digest, last)
    folders = {
        str(each.folder): {
            "at": written(each.at),
            "manifest": each.manifest,
            "drilled": written(each.drilled) if each.drilled is not None else None,
        }
        for each in known.values()
    }
    document = {"version": _VERSION, "folders": folders}
    write_private(server / "licheng" / NAME, (json.dumps(document, indent=1, sort_keys=True) + "\n").encode())


def drilled(folder: Path) -> datetime | None:
    """When a backup was last tried out, as its folder says; None where it does not, or cannot be read."""
    try:
        return instant(json.loads((folder / DRILL).read_bytes())["at"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def note_drill(folder: Path, at: datetime, number: int) -> None:
    """Note in a backup that it was restored, with the same answers as then; nothing of anybody."""
    data = json.dumps({"version": _VERSION, "at": written(at), "number": number}) + "\n"
    temporary(folder / DRILL, data.encode()).replace(folder / DRILL)
    sync((), folder)


def _later(first: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (first, other)), default=None)
