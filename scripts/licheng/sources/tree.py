"""Files to check, one protocol for a work tree and for a git commit.

Entries come in the order of their paths (compared as bytes of each folder's listing, depth first), streaming, so
that a school of any size is read in bounded memory.
"""

from __future__ import annotations

import heapq
import os
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from licheng.core.errors import LichengError, UsageError
from licheng.core.layout import CERTIFICATIONS, CONTENT, HANDBOOK, STUDENTS
from licheng.sources.git import TREE, Objects, open_git, rows, usual
from licheng.sources.git import run as git_run
from licheng.sources.lfs import LfsStore
from licheng.sources.repository import Repository
from licheng.sources.shelf import FileReader, Readings

REGULAR = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"
GITLINK = "160000"
SPECIAL = "000000"  # a pipe, a socket, a device: only a work tree can hold one

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # the second on Windows alone
_NO_FILES = frozenset({TREE, GITLINK})
# Folders of whole cohorts: git lists them as a stream, faster than they could be asked for one by one.
_WIDE = (STUDENTS, CERTIFICATIONS)
_COHORT = STUDENTS.count("/") + 1
_STUDENT = _COHORT + 1
_LISTED = 100  # students' folders whose files' names are remembered: a change is of few, a school has thousands
# Folders of few files: git answers for them sooner than it starts.
_NARROW = (HANDBOOK, f"{CONTENT}/rulebook")
_FEW = 5
_MOST_AHEAD = 1 << 20  # bytes of files that are read before they are needed

# What editors and file managers leave behind; .gitignore names the same.
_JUNK = frozenset({".DS_Store", "Thumbs.db"})
_JUNK_ENDINGS = (".swp", "~")


class Entry(NamedTuple):
    """A file: path from the repository's root, git mode, size in bytes, git object id (empty in a work tree)."""

    path: str
    mode: str
    size: int
    blob: str = ""


class FolderState(NamedTuple):
    """What a folder is known by without reading its files.

    Attributes:
        digest: equal only where every file below has the same name, mode and bytes.
        changed_at: the latest that a file changed, in nanoseconds since 1970, where the digest rests on times; else 0.
    """

    digest: bytes
    changed_at: int


class Node(NamedTuple):
    """What lies directly in a folder of a commit: name, git mode, git object id."""

    name: str
    mode: str
    id: str


class Tree(Protocol):
    """The files of one state of the school."""

    @property
    def lfs_store(self) -> LfsStore | None:
        """The Git LFS objects, if this is a repository."""

    @property
    def cache(self) -> Path | None:
        """A folder that git ignores, for what can be computed again; None where there is no repository."""

    @property
    def readings(self) -> FileReader | None:
        """What was read before, where somebody knows: of other commits, or by another check."""

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """All files below a folder (or the file itself), but none below the folders `without`."""

    def folders(self, prefix: str) -> list[str]:
        """The names of the folders directly below a folder, sorted."""

    def read(self, entry: Entry) -> bytes:
        """A file's bytes."""


def find_root(start: Path) -> Path:
    """The school's repository: the nearest folder upwards with `content/school/school.yaml`.

    Raises:
        UsageError: APP001, there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "content/school/school.yaml").is_file():
            return folder
    raise UsageError("APP001", folder=str(start))


def find_repository(start: Path) -> Path:
    """The top of the git repository around a folder: its work tree, or the repository itself where it is bare.

    Raises:
        UsageError: APP002, there is none.
    """
    try:
        repository = Repository.around(start)
    except LichengError as error:  # within git's own folder, beside its files
        raise UsageError("APP002", revision=str(start)) from error
    if repository is None:
        raise UsageError("APP002", revision=str(start))
    return repository.work_tree or repository.git_dir


class Listing(NamedTuple):
    """What a folder on the disk holds, which stays true while none of the folders has changed.

    Attributes:
        folders: itself (empty) and those below it, each as what follows its path.
        files: likewise.
        digest: of the state of the folders, each seen before it was listed.
        changed_at: the latest that a folder changed, in nanoseconds since 1970.
    """

    folders: list[str]
    files: list[str]
    digest: str
    changed_at: int

    @classmethod
    def of(cls, top: str, without: Collection[str] = ()) -> Listing:
        """List a folder, but for the folders below it that are called so.

        Raises:
            OSError: it cannot be read.
        """
        folders, files, states, waiting = list[str](), list[str](), list[os.stat_result](), [""]
        while waiting:
            folders.append(waiting.pop())
            states.append(os.lstat(top + folders[-1]))
            with os.scandir(top + folders[-1]) as listing:
                for child in listing:
                    path = f"{folders[-1]}/{child.name}"
                    if child.is_dir(follow_symlinks=False):
                        waiting += [path] * (child.name not in without)
                    elif not _is_junk(child.name):
                        files.append(path)
        return cls(folders, sorted(files), *_seen(states))

    def is_true(self, top: str) -> bool:
        """Whether the folder still holds just that: adding, taking away or renaming sets the times of a folder."""
        try:
            return _seen([os.lstat(top + folder) for folder in self.folders])[0] == self.digest
        except OSError:  # one is no more
            return False


def _seen(states: list[os.stat_result]) -> tuple[str, int]:
    """A digest, and the latest change."""
    facts = [(of.st_mode, of.st_size, of.st_mtime_ns, of.st_ctime_ns, of.st_ino, of.st_dev) for of in states]
    latest = max((max(of[2:4]) for of in facts), default=0)
    return blake2b(repr(facts).encode(), digest_size=32).hexdigest(), latest


def state_of(folder: Path | str, without: Collection[str] = (), listing: Listing | None = None) -> FolderState:
    """What a folder on the disk is known by: names, modes, sizes, times and inodes of its files, as git's index has it.

    Nobody but the system sets the time of the last change (ctime) of an inode, so that bytes cannot change unseen but
    within one tick of the clock: whoever relies on it compares `changed_at`. A folder that cannot be read is known by
    nothing that anything else is.

    Args:
        folder: on the disk.
        without: names of folders below it that are left out.
        listing: what it holds, by whoever knows.
    """
    try:
        files = (listing or Listing.of(str(folder), without)).files
        digest, latest = _seen([os.lstat(f"{folder}{path}") for path in files])
    except OSError:  # gone meanwhile, or not to be read: whoever reads the files is told
        return FolderState(os.urandom(32), sys.maxsize)
    return FolderState(blake2b(repr((digest, files)).encode(), digest_size=32).digest(), latest)


def _is_junk(name: str) -> bool:
    return name in _JUNK or name.endswith(_JUNK_ENDINGS)


def _cache(store: LfsStore | None) -> Path | None:
    return store.folder.parents[1] / "licheng" if store is not None else None


class WorkTree:
    """The files as they lie on the disk below a root.

    Attributes:
        listings: what is known of folders whose state may be asked for, by path.
        listed: the folders that had to be listed anew.
    """

    readings = None

    def __init__(self, root: Path) -> None:
        self.root = root
        self.listings: dict[str, Listing] = {}
        self.listed: set[str] = set()
        self.lfs_store = LfsStore.of(root)
        self.cache = _cache(self.lfs_store)

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """See `Tree`."""
        top = self.root / prefix
        if not top.is_dir() or top.is_symlink():
            if top.exists() or top.is_symlink():
                yield self._entry(prefix, top.lstat())
            return
        waiting = self._children(prefix)
        while waiting:
            path, child = waiting.pop()
            if child.is_dir(follow_symlinks=False):
                if path not in without:
                    waiting += self._children(path)
            elif not _is_junk(child.name):
                yield self._entry(path, child.stat(follow_symlinks=False))

    def _children(self, folder: str) -> list[tuple[str, os.DirEntry[str]]]:
        """The last one first, so that the first one is taken from the end."""
        with os.scandir(f"{self.root}/{folder}") as listing:
            children = sorted(
                listing,
                # Git sorts folders as if their names ended in a slash.
                key=lambda child: os.fsencode(child.name) + b"/" * child.is_dir(follow_symlinks=False),
                reverse=True,
            )
        return [(f"{folder}/{child.name}", child) for child in children]

    @staticmethod
    def _entry(path: str, status: os.stat_result) -> Entry:
        if not stat.S_ISREG(status.st_mode):
            return Entry(path, SYMLINK if stat.S_ISLNK(status.st_mode) else SPECIAL, 0)
        executable = os.name == "posix" and status.st_mode & stat.S_IXUSR
        return Entry(path, EXECUTABLE if executable else REGULAR, status.st_size)

    def folders(self, prefix: str) -> list[str]:
        """See `Tree`."""
        try:
            with os.scandir(self.root / prefix) as listing:
                return sorted(child.name for child in listing if child.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return []

    def states(self, above: str, only: Collection[str] | None = None) -> dict[str, FolderState]:
        """What the folders directly below a folder (or some of them) are known by, by name.

        None of them where the system tells no time of an inode's last change (Windows).
        """
        names = self.folders(above) if os.name == "posix" else []
        return {name: self._state(f"{above}/{name}") for name in names if only is None or name in only}

    def _state(self, folder: str) -> FolderState:
        top = f"{self.root}/{folder}"
        if folder not in self.listings or not self.listings[folder].is_true(top):
            self.listed.add(folder)
            self.listings.pop(folder, None)
            with suppress(OSError):  # gone meanwhile, or not to be read, which its state will tell
                self.listings[folder] = Listing.of(top)
        return state_of(top, listing=self.listings.get(folder))

    def read(self, entry: Entry) -> bytes:
        """See `Tree`."""
        file = os.open(f"{self.root}/{entry.path}", _READ)  # the hot path of every check
        try:
            data = os.read(file, entry.size + 1)
            while len(data) != entry.size and (more := os.read(file, 1 << 20)):  # it has changed since
                data += more
            return data
        finally:
            os.close(file)


class With:
    """A tree with some more files: what it would be after a plan."""

    def __init__(self, tree: Tree, files: Mapping[str, bytes]) -> None:
        self.tree = tree
        self.files = dict(files)
        self.lfs_store = tree.lfs_store
        self.cache = tree.cache
        self.readings = tree.readings

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """See `Tree`."""
        added = [
            Entry(path, REGULAR, len(data))
            for path, data in sorted(self.files.items(), key=lambda item: os.fsencode(item[0]))
            if (path == prefix or path.startswith(prefix + "/"))
            and not any(path.startswith(out + "/") for out in without)
        ]
        kept = (entry for entry in self.tree.entries(prefix, without) if entry.path not in self.files)
        yield from heapq.merge(kept, added, key=lambda entry: os.fsencode(entry.path))

    def folders(self, prefix: str) -> list[str]:
        """See `Tree`."""
        below = (path.removeprefix(prefix + "/") for path in self.files if path.startswith(prefix + "/"))
        return sorted({*self.tree.folders(prefix), *(rest.split("/")[0] for rest in below if "/" in rest)})

    def read(self, entry: Entry) -> bytes:
        """See `Tree`."""
        return self.files[entry.path] if entry.path in self.files else self.tree.read(entry)


class Without:
    """A tree without one file: what it would be if that had never been added."""

    def __init__(self, tree: Tree, path: str) -> None:
        self.tree = tree
        self.path = path
        self.lfs_store = tree.lfs_store
        self.cache = tree.cache
        self.readings = tree.readings

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """See `Tree`."""
        return (entry for entry in self.tree.entries(prefix, without) if entry.path != self.path)

    def folders(self, prefix: str) -> list[str]:
        """See `Tree`."""
        return self.tree.folders(prefix)

    def read(self, entry: Entry) -> bytes:
        """See `Tree`."""
        return self.tree.read(entry)


class CommitTree:
    """The files of a commit, read from git objects only; a context manager that ends its git processes."""

    def __init__(
        self, root: Path, revision: str, readings: Readings | None = None, objects: Objects | None = None
    ) -> None:
        """Resolve the revision.

        Args:
            root: the repository.
            revision: a commit.
            readings: what was read of other commits of this repository, and to keep what is read of this one.
            objects: an open reader of this repository that has proved the revision to be a commit's full id; whoever
                opened it ends it. None to resolve the revision and read for itself.

        Raises:
            UsageError: APP002, no repository or no such commit.
        """
        self.root = root
        self.readings = readings
        self._owns = objects is None
        self._objects = objects or Objects(root)
        self.commit = revision
        if objects is None:
            self.commit = self._resolved(revision)
        self._ahead: dict[str, bytes] = {}
        self._known: dict[str, tuple[Node, ...]] = readings.folders if readings is not None else {}
        self._sizes: dict[str, int] = readings.sizes if readings is not None else {}

    @cached_property
    def lfs_store(self) -> LfsStore | None:
        """See `Tree`."""
        return LfsStore.of(self.root)

    @cached_property
    def cache(self) -> Path | None:
        """See `Tree`."""
        return _cache(self.lfs_store)

    def _resolved(self, revision: str) -> str:
        """The id of the commit, by a git process that stays open.

        Raises:
            UsageError: APP002, no repository or no such commit.
        """
        known = self._objects.resolve(f"{revision}^{{commit}}") if "\n" not in revision else None
        if known is None:
            self._objects.__exit__(None, None, None)
            raise UsageError("APP002", revision=revision)
        return known

    def first_parents(self, most: int) -> list[str]:
        """The ids of the commits before this one by first parents, newest first."""
        ids = git_run(self.root, "rev-list", "--first-parent", f"--max-count={most + 1}", self.commit)
        return ids.decode().split()[1:]

    def __getstate__(self) -> dict[str, object]:
        """Another process reads the same commit with a git process of its own, and from the beginning."""
        return self.__dict__ | {"readings": None, "_known": {}, "_sizes": {}, "_ahead": {}}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owns:
            self._objects.__exit__(kind, error, trace)

    def entries(self, prefix: str, without: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """See `Tree`.

        Whole cohorts, and whatever else may be large, git lists as a stream. What is small is asked for folder by
        folder. Who reads several commits knows most of their folders already, and asks for the others one by one, of
        students where few are others; so does who leaves out what it knows.
        """
        above, _, name = prefix.rpartition("/")
        nodes = tuple(node for node in self.listing(above) if node.name == name)
        if prefix and not nodes:
            return iter(())
        cohorts = prefix.startswith(_WIDE) and prefix.count("/") <= _COHORT
        is_small = prefix.startswith(_NARROW) or (prefix and nodes[0].mode != TREE)
        if without or is_small or (self.readings is not None and not (cohorts and self._is_new(prefix))):
            return self._below(above, nodes, without)
        return self._streamed(prefix)

    def _is_new(self, cohorts: str) -> bool:
        """Whether more students' folders are unknown than are asked for one by one as fast as git lists all."""
        students = (node for cohort in self.folders(cohorts) for node in self.listing(f"{cohorts}/{cohort}"))
        return sum(node.id not in self._known for node in students) > _FEW

    def _below(self, above: str, nodes: tuple[Node, ...], without: frozenset[str]) -> Iterator[Entry]:
        """All files that lie in a folder or below it, folder by folder.

        Raises:
            LichengError: APP003, a file is not here.
        """
        placed = [(f"{above}/{node.name}" if above else node.name, node) for node in nodes]
        inner = [node.id for path, node in placed if node.mode == TREE and path not in without]
        folders = nodes, *self._nodes_of(inner)  # with what those below it hold: git is asked once for all of them
        files = [{node.id for node in folder if node.mode not in _NO_FILES} for folder in folders]
        unknown = {sha for sha in chain.from_iterable(files) if sha not in self._sizes}
        self._sizes.update((sha, size) for sha, (_, size) in self._objects.headers(unknown).items())
        if not files[0] <= self._sizes.keys():
            raise LichengError("APP003", command="git cat-file")
        for path, (_, mode, sha) in placed:
            if mode != TREE:
                yield Entry(path, mode, 0 if mode in _NO_FILES else self._sizes[sha], sha)
            elif self.readings is not None and not without and path.count("/") == _STUDENT and path.startswith(_WIDE):
                yield from self.listed(path, sha, self.readings)
            elif path not in without:
                yield from self._below(path, self._nodes(sha), without)

    def listed(self, student: str, tree: str, readings: Readings) -> Iterator[Entry]:
        """All files of a student's folder, by its path and its git tree id; if that was listed last, as it was."""
        known, entries = readings.listed.get(student, ("", ()))
        if known == tree:
            yield from entries
            return
        entries = []
        for entry in self._below(student, self._nodes(tree), frozenset()):
            entries.append(entry)
            yield entry
        if student in readings.listed or len(readings.listed) < _LISTED:
            readings.listed[student] = tree, entries

    def _streamed(self, top: str) -> Iterator[Entry]:
        """All files below a folder, as git lists them."""
        with open_git(self.root, "ls-tree", "-z", "-r", "-l", "--full-tree", self.commit, "--", top) as process:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            rest = b""
            while chunk := process.stdout.read(1 << 16):
                *lines, rest = (rest + chunk).split(b"\0")
                for line in lines:
                    meta, _, name = line.partition(b"\t")
                    mode, _, blob, length = meta.split()
                    path, size = name.decode("utf-8", "surrogateescape"), int(length) if length != b"-" else 0
                    yield Entry(path, mode.decode(), size, blob.decode())
        if process.returncode:
            raise LichengError("APP003", command="git ls-tree")

    def folders(self, prefix: str) -> list[str]:
        """See `Tree`."""
        return [node.name for node in self.listing(prefix) if node.mode == TREE]

    def states(self, above: str, only: Collection[str] | None = None) -> dict[str, FolderState]:
        """What the folders directly below a folder (or some of them) are known by, by name: their git tree ids."""
        nodes = (node for node in self.listing(above) if node.mode == TREE and (only is None or node.name in only))
        return {node.name: FolderState(node.id.encode(), 0) for node in nodes}

    @cached_property
    def _top(self) -> tuple[Node, ...]:
        return self._nodes(f"{self.commit}^{{tree}}")

    def listing(self, path: str) -> tuple[Node, ...]:
        """What lies directly in a folder; nothing where there is none.

        By the ids of the folders on the way, as no path can be asked for in a line: it may hold the end of one.
        """
        here = self._top
        for name in path.split("/") if path else ():
            inner = next((node.id for node in here if (node.name, node.mode) == (name, TREE)), None)
            here = self._nodes(inner) if inner is not None else ()
        return here

    def _nodes(self, folder: str) -> tuple[Node, ...]:
        """What the folder of an id holds; an id says all that is in it, so what is known of it stays true."""
        return self._nodes_of([folder])[0]

    def _nodes_of(self, folders: list[str]) -> list[tuple[Node, ...]]:
        unknown = [folder for folder in dict.fromkeys(folders) if folder not in self._known]
        for folder, data in zip(unknown, self._objects.read_each(unknown, "tree"), strict=True):
            self._known[folder] = tuple(Node(name, usual(mode), sha) for name, mode, sha in rows(data))
        return [self._known[folder] for folder in folders]

    def read_ahead(self, entries: Iterable[Entry]) -> None:
        """Have what will be read next, but for large files and what is known, asked for together and not one by one.

        Raises:
            LichengError: APP003, a file is not here.
        """
        room, wanted = _MOST_AHEAD, dict[str, None]()
        for entry in entries:
            is_known = self.readings is not None and self.readings.knows(entry)
            if entry.size <= room and entry.mode != GITLINK and not is_known:
                room -= entry.size
                wanted[entry.blob] = None
        self._ahead = dict(zip(wanted, self._objects.read_each([*wanted]), strict=True))

    def read(self, entry: Entry) -> bytes:
        """See `Tree`."""
        if entry.mode == GITLINK:
            return b""
        return self._ahead[entry.blob] if entry.blob in self._ahead else self._objects.read(entry.blob)
