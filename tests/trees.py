"""Trees for tests: files in memory, laid over one another, that the checker reads like any other tree."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from licheng.sources.lfs import LfsStore
from licheng.sources.shelf import Readings
from licheng.sources.tree import REGULAR, Entry

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "fixtures"
SERVER_STORE = ".lfs"  # the Git LFS objects of a server's store in a case: what is not in it is absent
REMOVED = ".removed"  # a list of paths in a case that take files of the layers below away
MODES = ".modes"  # a list of git modes and paths in a case: files that are not regular, which a fixture cannot hold

# What the demo school and the test school have in common: the regulation as data, units, posts and duties.
SHARED = ("content/rulebook", "content/school/school.yaml", "content/school/duties.yaml", "content/school/assembly")


def copied(source: Path, target: Path) -> None:
    """Copy a folder: the bytes of its files alone, which takes half of what `shutil.copytree` does.

    A school has nearly as many folders as files, and no test asks when a file of the copy was changed.
    """
    target.mkdir()
    with os.scandir(source) as listing:
        for entry in listing:
            if entry.is_dir(follow_symlinks=False):
                copied(source / entry.name, target / entry.name)
            else:
                (target / entry.name).write_bytes((source / entry.name).read_bytes())


def around(student: str, *patterns: str) -> Callable[[str, list[str]], set[str]]:
    """What `shutil.copytree` of `content` leaves out: of other students all but who they are, whom accounts name.

    Args:
        student: who stays as a whole.
        patterns: of other names that are left out.
    """
    named = shutil.ignore_patterns(*patterns)

    def left_out(folder: str, names: list[str]) -> set[str]:
        *_, top, _, owner = ("", "", *Path(folder).parts)
        of_others = {*names} - {"student.yaml"} if top in {"students", "certifications"} and owner != student else set()
        return of_others | named(folder, names)

    return left_out


class MemoryTree:
    """A tree of bytes by path; an odd mode can be given by path, and what was read of other trees."""

    cache: Path | None = None

    def __init__(
        self,
        files: Mapping[str, bytes],
        modes: Mapping[str, str] | None = None,
        lfs_store: LfsStore | None = None,
        readings: Readings | None = None,
    ) -> None:
        self.files = dict(files)
        self.modes = dict(modes or {})
        self.lfs_store = lfs_store
        self.readings = readings

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """See `licheng.sources.tree.Tree`."""
        for path in sorted(self.files):
            inside = path == prefix or path.startswith(prefix + "/")
            if inside and not any(path.startswith(out + "/") for out in without):
                data = self.files[path]
                blob = _name(data) if self.readings is not None else ""
                yield Entry(path, self.modes.get(path, REGULAR), len(data), blob)

    def folders(self, prefix: str) -> list[str]:
        """See `licheng.sources.tree.Tree`."""
        below = (path.removeprefix(prefix + "/") for path in self.files if path.startswith(prefix + "/"))
        return sorted({rest.partition("/")[0] for rest in below if "/" in rest})

    def read(self, entry: Entry) -> bytes:
        """See `licheng.sources.tree.Tree`."""
        return self.files[entry.path]

    def over(self, files: Mapping[str, bytes], removed: frozenset[str] = frozenset()) -> MemoryTree:
        """Another layer on top; `removed` takes paths, or all below them, away first."""
        kept = {
            path: data
            for path, data in self.files.items()
            if not any(path == gone or path.startswith(gone + "/") for gone in removed)
        }
        return MemoryTree({**kept, **files}, self.modes, readings=self.readings)


@lru_cache(maxsize=20_000)  # most files are those of the school that all trees have in common
def _name(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def load(folder: Path, *tops: str) -> dict[str, bytes]:
    """The files of a folder (or of some paths in it) by path."""
    found = {}
    for top in tops or ("content",):
        start = folder / top
        if start.is_file():
            found[top] = start.read_bytes()
        elif start.is_dir():
            found |= {f"{top}/{path}": data for path, data in files_below(start).items()}
    return found


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path from there; a third of the time that `rglob` takes."""
    found = {}
    waiting = [("", os.fspath(folder))]
    while waiting:
        prefix, here = waiting.pop()
        with os.scandir(here) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((f"{prefix}{entry.name}/", entry.path))
                elif entry.is_file():
                    with open(entry.path, "rb") as file:  # noqa: PTH123 - a path takes longer than the file
                        found[prefix + entry.name] = file.read()
    return dict(sorted(found.items(), key=lambda item: item[0].split("/")))


def stamps_below(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Of every file below a folder which it is, its size, and when the system last changed anything of it.

    A file that is written has another of these, be it with the same bytes; a quarter of the time that reading takes.
    """
    found = {}
    waiting = [os.fspath(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                stat = entry.stat(follow_symlinks=False)
                found[entry.path] = stat.st_ino, stat.st_size, stat.st_ctime_ns
    return found


def base(readings: Readings | None = None) -> MemoryTree:
    """The test school: one student, three terms, and the real regulation."""
    return MemoryTree(_base(), readings=readings)


@cache
def _base() -> dict[str, bytes]:
    return load(ROOT, *SHARED) | load(FIXTURES / "base")


def case(folder: Path, readings: Readings | None = None) -> MemoryTree:
    """The test school with a fixture case laid over it; what was read of other cases is not read again."""
    listing = folder / REMOVED
    removed = frozenset(listing.read_text(encoding="utf-8").split()) if listing.is_file() else frozenset()
    tree = base().over(load(folder), removed)
    odd = folder / MODES
    lines = odd.read_text(encoding="utf-8").splitlines() if odd.is_file() else []
    store = LfsStore(folder / SERVER_STORE, complete=True) if (folder / SERVER_STORE).is_dir() else None
    odd_modes = {path: mode for mode, _, path in (line.partition(" ") for line in lines)}
    return MemoryTree(tree.files, odd_modes, store, readings)
