"""A plan: what a command would write, printed by `--dry-run`, applied by one adapter, all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from licheng.core.errors import UsageError, reason_of
from licheng.storage.files import alone, sync_at_once, temporary

_WORKSHOP = ".licheng/writing"
_JOURNAL = f"{_WORKSHOP}/journal"
_IGNORE = f"{_WORKSHOP}/.gitignore"
_GOING = ".going~"


@dataclass(frozen=True)
class Plan:
    """Files to write.

    Attributes:
        creates: bytes of files that must not exist yet, by path from the root.
        replaces: of files that exist, the bytes that were read and the new ones, by path from the root.
        deletes: of files that exist, the SHA-256 digests in hex of which it has one, by path from the root.
    """

    creates: Mapping[str, bytes] = field(default_factory=dict)
    replaces: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
    deletes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def over(cls, writes: Mapping[str, bytes], earlier: Mapping[str, bytes]) -> Plan:
        """The plan of these writes, some of them over bytes that were read before."""
        return cls(
            creates={path: data for path, data in writes.items() if path not in earlier},
            replaces={path: (earlier[path], data) for path, data in writes.items() if path in earlier},
        )

    def lines(self) -> list[str]:
        """What would be written, one line a file."""
        created = [f"+ {path} ({len(data)} bytes)" for path, data in self.creates.items()]
        replaced = [f"~ {path} ({len(data)} bytes)" for path, (_, data) in self.replaces.items()]
        return created + replaced + [f"- {path}" for path in self.deletes]

    def apply(self, root: Path) -> None:
        """Write all of it or nothing, one writer of a school at a time.

        What is about to be written is noted in a journal first. A run that is killed leaves the journal, and the next
        command that writes takes the half back (`recover`); an error or Ctrl+C takes it back at once.

        Raises:
            UsageError: APP009, a file to create exists already; APP021, a folder on the way is a symbolic link;
                APP022, a file was changed by somebody else meanwhile; APP024, it cannot be written.
        """
        for path in (*self.creates, *self.replaces, *self.deletes, _JOURNAL):
            _refuse_links(root, path)
        try:
            root.mkdir(parents=True, exist_ok=True)
            with alone(root):
                _take_back(root)
                self._must_fit(root)
                if not (self.creates or self.replaces or self.deletes):
                    return
                try:
                    self._write(root)
                except BaseException:
                    _take_back(root)
                    raise
        except OSError as error:
            raise UsageError("APP024", path=error.filename or "", detail=reason_of(error)) from error

    def _must_fit(self, root: Path) -> None:
        """What is to be created is not there, and the rest is what was read."""
        if (there := next((path for path in self.creates if os.path.lexists(root / path)), None)) is not None:
            raise UsageError("APP009", path=there)
        for path, (before, _) in self.replaces.items():
            if (root / path).read_bytes() != before:
                raise UsageError("APP022", path=path)
        for path, digests in self.deletes.items():
            if _digest((root / path).read_bytes()) not in digests:
                raise UsageError("APP022", path=path)

    def _write(self, root: Path) -> None:
        """The journal is removed last: until then the whole is taken back, from then on it is done."""
        (root / _JOURNAL).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (root / _IGNORE).is_file():
            _put(root / _IGNORE, b"*\n")
        above = {folder for path in self.creates for folder in Path(path).parents}
        missing = sorted((each.as_posix() for each in above if not os.path.lexists(root / each)), reverse=True)
        creates = {path: _digest(data) for path, data in self.creates.items()}
        replaces = {path: [b64encode(old).decode(), _digest(new)] for path, (old, new) in self.replaces.items()}
        # What goes is moved beside the journal, and is only gone with it.
        deletes = {path: f".{number}{_GOING}" for number, path in enumerate(self.deletes)}
        journal = {"creates": creates, "replaces": replaces, "folders": missing, "deletes": deletes}
        _put(root / _JOURNAL, json.dumps(journal).encode())
        writes = {**self.creates, **{path: data for path, (_, data) in self.replaces.items()}}
        # Beside the journal, where neither Git nor a check looks.
        staged_files = {path: temporary(root / _JOURNAL, data, synced=False) for path, data in writes.items()}
        sync_at_once([*staged_files.values()])
        for path in self.creates:
            staged = staged_files[path]
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            try:  # a link fails where a rename would overwrite: whoever writes without the lock loses nothing
                os.link(staged, root / path)
            except FileExistsError as error:
                raise UsageError("APP009", path=path) from error
            finally:
                staged.unlink()
        for path in self.replaces:
            staged_files[path].replace(root / path)
        for path, place in deletes.items():
            (root / path).replace(root / _WORKSHOP / place)
        _remove_empty(
            root, sorted({above.as_posix() for path in deletes for above in Path(path).parents}, reverse=True)
        )
        (root / _JOURNAL).unlink()
        for place in deletes.values():
            (root / _WORKSHOP / place).unlink()


def recover(root: Path) -> list[str]:
    """Take back what a killed run of some command had half written, before anything of the school is read.

    Returns:
        the paths taken back, from the root.

    Raises:
        UsageError: APP021, the journal lies behind a symbolic link; APP170, it cannot be read.
    """
    _refuse_links(root, _JOURNAL)
    if not os.path.lexists((root / _JOURNAL).parent):
        return []
    with alone(root):
        return _take_back(root)


def tidy(root: Path) -> None:
    """Take away the place of the journal, where files were written that are no school at work."""
    (root / _IGNORE).unlink(missing_ok=True)
    for folder in (root / _WORKSHOP, (root / _WORKSHOP).parent):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


@dataclass(frozen=True)
class _Half:
    """What the journal says.

    Attributes:
        creates: digests of what was created.
        replaces: bytes before and digest after of what was replaced.
        folders: that were not there.
        deletes: where beside the journal that lies which goes.
    """

    creates: Mapping[str, str]
    replaces: Mapping[str, tuple[bytes, str]]
    folders: Sequence[str]
    deletes: Mapping[str, str]

    @classmethod
    def read(cls, root: Path) -> _Half:
        """The journal, if there is one; no path in it leads out of the school.

        Raises:
            UsageError: APP021, APP170.
        """
        try:
            noted = json.loads((root / _JOURNAL).read_bytes())
            replaces = {path: (b64decode(before), digest) for path, (before, digest) in noted["replaces"].items()}
            deletes = dict(noted.get("deletes", {}))
            half = cls(dict(noted["creates"]), replaces, list(noted["folders"]), deletes)
            paths = [Path(path) for path in (*half.creates, *half.replaces, *half.folders, *deletes)]
            if not all(place == f".{number}{_GOING}" for number, place in enumerate(deletes.values())):
                raise ValueError("deletes")
        except FileNotFoundError:
            return cls({}, {}, (), {})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageError("APP170", path=_JOURNAL) from error
        for path in paths:
            if path.is_absolute() or ".." in path.parts:
                raise UsageError("APP170", path=_JOURNAL)
            _refuse_links(root, path.as_posix())
        return half


def _take_back(root: Path) -> list[str]:
    """Only what is byte for byte what the journal says was written; what somebody has edited since stays."""
    half = _Half.read(root)
    created = [path for path, digest in half.creates.items() if _holds(root / path, digest)]
    replaced = [path for path, (_, digest) in half.replaces.items() if _holds(root / path, digest)]
    for path in created:
        (root / path).unlink()
    for path in replaced:
        temporary(root / _JOURNAL, half.replaces[path][0]).replace(root / path)
    deleted = [path for path, place in half.deletes.items() if (root / _WORKSHOP / place).is_file()]
    for path in deleted:
        if not os.path.lexists(root / path):  # else somebody has written there since
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / _WORKSHOP / half.deletes[path]).replace(root / path)
    _remove_empty(root, half.folders)
    (root / _JOURNAL).unlink(missing_ok=True)
    for left in (root / _WORKSHOP).glob(".*~"):
        left.unlink()
    return created + replaced + deleted


def _remove_empty(root: Path, folders: Iterable[str]) -> None:
    """Those of some folders that hold nothing, the innermost first."""
    for folder in folders:
        if (root / folder).is_dir() and not any((root / folder).iterdir()):
            (root / folder).rmdir()


def _holds(target: Path, digest: str) -> bool:
    return target.is_file() and _digest(target.read_bytes()) == digest


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse_links(root: Path, path: str) -> None:
    """Nothing is written through a link, which may lead anywhere."""
    folder = root
    for part in Path(path).parts:
        folder = folder / part
        if folder.is_symlink():
            raise UsageError("APP021", path=folder.relative_to(root).as_posix())


def _put(target: Path, data: bytes) -> None:
    """One of the journal's own files, whole or not at all."""
    temporary(target, data).replace(target)
