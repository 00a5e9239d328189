"""Git as a store of objects: full ids in, bytes out; nobody's settings, replacements or grafts (gate, line 14).

Every call names the repository as safe and keeps the variables of a `pre-receive` quarantine, without which the pushed
objects could not be seen.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from licheng.core.errors import LichengError, UsageError

_ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
TREE = "040000"
_ID_BYTES = 20  # SHA-1
# Ids asked for before the answers are read: both pipes hold them, however small a system makes its pipes.
_ASKED_AT_ONCE = 50
_WRONG_USE = 129  # what git ends with
_SHA = re.compile(r"[0-9a-f]{40}", re.ASCII)
# What every repository's own settings hold, and what those of a partial one and of a school's server do.
_FORMAT = "core.repositoryformatversion"
_PROMISED = r"extensions\.partialclone|remote\..*\.promisor"
_LICHENG = "licheng."


def open_git(root: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A git process on the objects of a repository, with pipes."""
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | _ENVIRONMENT,
    )


def run(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What a git command prints.

    Raises:
        LichengError: APP003, it failed.
    """
    process = open_git(root, *arguments)
    out, _ = process.communicate(given)
    if process.returncode:
        raise LichengError("APP003", command=f"git {arguments[0]}")
    return out


@dataclass(frozen=True)
class RepositorySettings:
    """A repository's settings: of its format, of what it lacks, and licheng's own.

    Attributes:
        folder: where the file lies of which git has the first one.
        pairs: names and values in git's order.
    """

    folder: Path
    pairs: list[tuple[str, str]]

    @property
    def own(self) -> dict[str, str]:
        """What they tell licheng, by name; of several the last counts."""
        return {name: value for name, value in self.pairs if name.startswith(_LICHENG)}


class Objects:
    """The objects of a repository through a git process that stays open; a context manager that ends it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __getstate__(self) -> dict[str, object]:
        """Another process reads with a git process of its own."""
        return {"root": self.root}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "_process" in self.__dict__:
            self._process.communicate()

    @cached_property
    def settings(self) -> RepositorySettings:
        """What the repository says of itself, asked for once."""
        names = rf"^({_FORMAT}|{_PROMISED}|{re.escape(_LICHENG)}.*)$"
        process = open_git(self.root, "config", "-z", "--show-origin", "--get-regexp", names)
        listed = process.communicate()[0].decode("utf-8", "surrogateescape").split("\0")
        # Git tells of which file it has a setting.
        folder = (self.root / listed[0].removeprefix("file:")).parent
        pairs = (setting.partition("\n") for setting in listed[1::2])
        return RepositorySettings(folder, [(name, value) for name, _, value in pairs])

    @property
    def is_alive(self) -> bool:
        """Whether its process has not ended, so that what is asked for next can be answered."""
        process: subprocess.Popen[bytes] | None = self.__dict__.get("_process")
        return process is None or process.poll() is None

    @cached_property
    def _process(self) -> subprocess.Popen[bytes]:
        return open_git(self.root, "cat-file", "--batch-command")

    def _ask(self, question: str, names: Sequence[str]) -> IO[bytes]:
        """Where the answers come: `contents` or `info` of what git resolves each name to, a line each.

        Raises:
            LichengError: APP003, a name of several lines, such as a hostile commit may give its parent: the next line
                would be a question of its own.
        """
        if any("\n" in name for name in names):
            raise LichengError("APP003", command="git cat-file")
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - a pipe was asked for
        assert stdout is not None  # noqa: S101 - a pipe was asked for
        stdin.write("".join(f"{question} {name}\n" for name in names).encode())
        stdin.flush()
        return stdout

    def read(self, name: str, kind: str = "") -> bytes:
        """An object's bytes.

        Args:
            name: its id, or what git resolves to one, in one line.
            kind: what it must be, `tree` or `commit`; anything if empty.

        Raises:
            LichengError: APP003, it is not here, or of another kind.
        """
        [data] = self.read_each([name], kind)
        return data

    def read_each(self, names: Sequence[str], kind: str = "") -> Iterator[bytes]:
        """The bytes of several objects, asked for together; as `read`."""
        for start in range(0, len(names), _ASKED_AT_ONCE):
            some = names[start : start + _ASKED_AT_ONCE]
            stdout = self._ask("contents", some)
            answers = [_answer(stdout) for _ in some]  # all of them: the next question's begins behind
            if any(answer is None or (kind and answer[0] != kind.encode()) for answer in answers):
                raise LichengError("APP003", command="git cat-file")
            yield from (answer[1] for answer in answers if answer is not None)

    def resolve(self, name: str) -> str | None:
        """The full id of what git resolves to now, such as a branch that moves; None where there is nothing.

        Args:
            name: in one line.

        Raises:
            LichengError: APP003, git is older than 2.36 and knows no such question.
        """
        header: list[bytes] = []
        with suppress(BrokenPipeError):  # no repository: git has ended
            header = self._ask("info", [name]).readline().split()
        if not header and self._process.wait() == _WRONG_USE:
            raise LichengError("APP003", command="git cat-file --batch-command")
        return header[0].decode() if len(header) == 3 and header[2].isdigit() else None

    def headers(self, ids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Kind and size, in bytes, of those objects that are here, by their full ids.

        Raises:
            LichengError: APP003, git ended before it had answered.
        """
        known, waiting = dict[str, tuple[str, int]](), list(ids)
        for start in range(0, len(waiting), _ASKED_AT_ONCE):
            some = waiting[start : start + _ASKED_AT_ONCE]
            stdout = self._ask("info", some)
            for _ in some:
                line = stdout.readline()
                if not line:
                    raise LichengError("APP003", command="git cat-file")
                fields = line.decode().split()
                if len(fields) == 3:
                    known[fields[0]] = fields[1], int(fields[2])
        return known


def _answer(stdout: IO[bytes]) -> tuple[bytes, bytes] | None:
    """What `git cat-file --batch-command` says of an object: kind and bytes; None where it is not here."""
    header = stdout.readline().split()
    if len(header) != 3 or not header[2].isdigit():
        return None
    data = stdout.read(int(header[2]))
    stdout.read(1)
    return header[1], data


def rows(folder: bytes) -> Iterator[tuple[str, str, str]]:
    """Name, mode and id of all that a tree object lists: mode, space, name, NUL, id (gitformat-pack, "tree")."""
    start = 0
    while start < len(folder):
        space = folder.index(b" ", start)
        end = folder.index(b"\0", space)
        mode = folder[start:space].decode().rjust(6, "0")
        start = end + 1 + _ID_BYTES
        yield folder[space + 1 : end].decode("utf-8", "surrogateescape"), mode, folder[end + 1 : start].hex()


def usual(mode: str) -> str:
    """A mode of a tree as git's own commands tell it, which know five (`canon_mode` in its object.h).

    Raises:
        LichengError: APP003, it is none.
    """
    try:
        number = int(mode, 8)
    except ValueError as error:
        raise LichengError("APP003", command="git cat-file") from error
    if stat.S_ISREG(number):
        return "100755" if number & stat.S_IXUSR else "100644"
    return TREE if stat.S_ISDIR(number) else "120000" if stat.S_ISLNK(number) else "160000"


def full_id(objects: Objects, text: str) -> str:
    """A full id of a commit that is here.

    Raises:
        UsageError: APP091, it is not 40 hexadecimal digits; APP002, there is no such commit.
    """
    if not _SHA.fullmatch(text):
        raise UsageError("APP091", revision=text)
    if objects.headers([text]).get(text, ("", 0))[0] != "commit":
        raise UsageError("APP002", revision=text)
    return text


def refuse_partial(objects: Objects) -> None:
    """A repository that does not hold everything cannot be judged.

    Raises:
        LichengError: APP092, it is shallow or partial.
    """
    folder, names = objects.settings.folder, [name for name, _ in objects.settings.pairs]
    # Beside its settings git keeps where the history was cut off.
    if names[:1] == [_FORMAT] and (folder / "HEAD").is_file():
        is_shallow = (folder / "shallow").exists()
    else:
        is_shallow = run(objects.root, "rev-parse", "--is-shallow-repository").strip() != b"false"
    lacking = [name for name in names if name != _FORMAT and not name.startswith(_LICHENG)]
    if is_shallow or lacking:
        raise LichengError("APP092", detail="shallow" if is_shallow else "partial")
