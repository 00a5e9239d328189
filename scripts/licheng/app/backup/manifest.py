"""The manifest of a backup: what belongs to it, with the SHA-256 of all, and what the school answered at that time.

It is the one file that is not sealed: the server that makes the next backup has no key that opens, and the watch has
none either. It names references, files by their place and digest, and nobody.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from licheng.core.dates import instant
from licheng.core.errors import UsageError, reason_of

NAME = "manifest.json"
DRILL = "drill.json"
BUNDLE = "bundle"
TABLE = "identities"
_VERSION = 1
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PATH = re.compile(r"(?:history|identities|lfs|state)/[^\0\\]+")
# What a part may be put back as: nothing that Git would run.
_PLACE = re.compile(
    r"bundle|identities|config|licheng/[a-z]+\.[a-z]+|lfs/objects(?:/[0-9a-f]+){3}|logs/[^\0\\]+", re.ASCII
)
_REFERENCE = re.compile(r"refs/[^\s\\\0]+")
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)


@dataclass(frozen=True)
class BackupFile:
    """A file of the backup, and what it holds.

    Attributes:
        path: from the top of the backup.
        size: bytes of the file as it lies there.
        sha256: of the file as it lies there, 64 hex digits.
        place: where its content lies in the server's repository; `bundle` for a piece of history, `identities` for
            the identity table, which is sealed by others and copied as it is.
        content_size: bytes of its content.
        content_sha256: of its content; of an identity table, of the sealed file.
        start: the byte of the file at `place` from which on this is its content.
    """

    path: str
    size: int
    sha256: str
    place: str
    content_size: int
    content_sha256: str
    start: int = 0


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    Attributes:
        number: of the backup in its folder, from 1.
        at: when it was begun, UTC, `2026-11-23T18:00:00Z`.
        day: on which the school's answers were given, `2026-11-24` (Asia/Taipei).
        engine: the version of licheng that gave them.
        roots: the first commits of the history: another school's backup is none of ours.
        head: the branch that HEAD names.
        refs: commits, or tags, by the reference's full name.
        answers: SHA-256 of what `check`, `verify` and `audit` said.
        parts: in the order in which they are put back.
    """

    number: int
    at: str
    day: str
    engine: str
    roots: tuple[str, ...]
    head: str
    refs: Mapping[str, str]
    answers: Mapping[str, str]
    parts: tuple[BackupFile, ...] = field(repr=False)

    @property
    def moment(self) -> datetime:
        """When it was begun, UTC."""
        return instant(self.at)

    def by_place(self, place: str) -> list[BackupFile]:
        """The parts of one file, in their order."""
        return [part for part in self.parts if part.place == place]

    def written(self) -> bytes:
        """Its bytes; the same manifest has the same."""
        document = {"kind": "licheng-backup", "version": _VERSION, **asdict(self)}
        return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def digest(manifest: bytes) -> str:
    """By which the server remembers which manifest it wrote."""
    return hashlib.sha256(manifest).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a backup; None where a folder has none.

    Raises:
        UsageError: APP024, it cannot be read; APP198, it is none that this program writes.
    """
    path = folder / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError("APP024", path=str(path), detail=reason_of(error)) from error
    try:
        document = json.loads(data)
        if (document.pop("kind"), document.pop("version")) != ("licheng-backup", _VERSION):
            raise ValueError(document)
        parts = tuple(BackupFile(**part) for part in document.pop("parts"))
        manifest = Manifest(**{**document, "roots": tuple(document["roots"]), "parts": parts})
        instant(manifest.at)
        if not _is_sound(manifest):
            raise ValueError(manifest)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError("APP198", path=str(path), case="manifest") from error
    return manifest


def _is_sound(manifest: Manifest) -> bool:
    """No path leads out of the backup or of the repository, and what names objects does; it may be anybody's file."""
    paths, places = [part.path for part in manifest.parts], [part.place for part in manifest.parts]
    digests = [name for part in manifest.parts for name in (part.sha256, part.content_sha256)]
    sizes = [size for part in manifest.parts for size in (part.size, part.content_size, part.start)]
    return (
        all(_PATH.fullmatch(name) and ".." not in name.split("/") for name in paths)
        and all(_PLACE.fullmatch(name) and ".." not in name.split("/") for name in places)
        and all(_SHA256.fullmatch(name) for name in digests)
        and all(type(size) is int and size >= 0 for size in [*sizes, manifest.number])
        and all(_COMMIT.fullmatch(name) for name in (*manifest.refs.values(), *manifest.roots))
        and all(_REFERENCE.fullmatch(name) for name in (*manifest.refs, manifest.head))
    )
