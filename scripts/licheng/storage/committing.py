"""One commit of some files in a person's own clone, under the person's own name, with nothing else in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from licheng.core.errors import LichengError, UsageError, reason_of

_UNFINISHED = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")


def check_ready(root: Path, paths: Iterable[str]) -> None:
    """Refuse before anything is written what could not be committed afterwards.

    Args:
        root: of the school.
        paths: of files that will be changed.

    Raises:
        UsageError: APP207, there is no repository, nobody has said who commits, something is unfinished, or a file has
            changes that are not committed yet.
    """
    if _git(root, "rev-parse", "--is-inside-work-tree").stdout.strip() != b"true":
        raise UsageError("APP207", case="no-repository")
    if _git(root, "var", "GIT_AUTHOR_IDENT").returncode:
        raise UsageError("APP207", case="nobody")
    for name in _UNFINISHED:
        if (root / _git(root, "rev-parse", "--git-path", name).stdout.decode().strip()).exists():
            raise UsageError("APP207", case="unfinished")
    listed = _git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "content")
    dirty = {entry[3:].decode("utf-8", "surrogateescape") for entry in listed.stdout.split(b"\0") if entry}
    prefix = _git(root, "rev-parse", "--show-prefix").stdout.decode().strip()
    for path in paths:
        if f"{prefix}{path}" in dirty:
            raise UsageError("APP207", case="dirty", path=path)


def commit(root: Path, paths: Iterable[str], message: str) -> str:
    """Commit the files, whatever else is staged, and return the commit's id.

    Raises:
        LichengError: APP208, git refused; the files are written and not committed.
    """
    listed = "\0".join(paths).encode()
    steps = (("add",), ("commit", "--quiet", "--only", "-m", message))
    for step in steps:
        done = _git(root, *step, "--pathspec-from-file=-", "--pathspec-file-nul", given=listed)
        if done.returncode:
            raise LichengError("APP208", command=f"git {step[0]}")
    return _git(root, "rev-parse", "HEAD").stdout.decode().strip()


def _git(root: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        command = ["git", "--literal-pathspecs", "-C", str(root), *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=False)
    except OSError as error:
        raise UsageError("APP024", path="git", detail=reason_of(error)) from error
