"""Git as a store of objects: full ids in, bytes out; nobody's settings, replacements or grafts (gate, line 14).

Every call names the repository as safe and keeps the variables of a `pre-receive` quarantine, without which the pushed
objects could not be seen.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from licheng.core.errors import LichengError, UsageError

_ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
TREE = "040000"
_ID_BYTES = 20  # SHA-1
_SHA = re.compile(r"[0-9a-f]{40}", re.ASCII)


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


def rows(folder: bytes) -> Iterator[tuple[str, str, str]]:
    """Name, mode and id of all that a tree object lists: mode, space, name, NUL, id (gitformat-pack, "tree")."""
    start = 0
    while start < len(folder):
        space = folder.index(b" ", start)
        end = folder.index(b"\0", space)
        mode = folder[start:space].decode().rjust(6, "0")
        start = end + 1 + _ID_BYTES
        yield folder[space + 1 : end].decode("utf-8", "surrogateescape"), mode, folder[end + 1 : start].hex()


def full_id(root: Path, text: str) -> str:
    """A full id of a commit that is here.

    Raises:
        UsageError: APP091, it is not 40 hexadecimal digits; APP002, there is no such commit.
    """
    if not _SHA.fullmatch(text):
        raise UsageError("APP091", revision=text)
    process = open_git(root, "cat-file", "-e", f"{text}^{{commit}}")
    process.communicate()
    if process.returncode:
        raise UsageError("APP002", revision=text)
    return text


def refuse_partial(root: Path) -> None:
    """A repository that does not hold everything cannot be judged.

    Raises:
        LichengError: APP092, it is shallow or partial.
    """
    if run(root, "rev-parse", "--is-shallow-repository").strip() != b"false":
        raise LichengError("APP092", detail="shallow")
    process = open_git(root, "config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$")
    partial, _ = process.communicate()
    if partial.strip():
        raise LichengError("APP092", detail="partial")
