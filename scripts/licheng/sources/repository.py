"""A Git repository as its owner set it up: bare or with a work tree, its settings, its remotes."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from licheng.core.errors import LichengError, UsageError, reason_of


@dataclass(frozen=True)
class Repository:
    """Where a repository lies, and its settings as they were when somebody first asked for them.

    Attributes:
        git_dir: the folder of its objects and settings.
        work_tree: the top of its files; None where it is bare.
    """

    git_dir: Path
    work_tree: Path | None

    @classmethod
    def around(cls, place: Path) -> Repository | None:
        """The repository that a folder belongs to, or None."""
        try:
            bare, git_dir = _git(place, "rev-parse", "--is-bare-repository", "--absolute-git-dir").splitlines()
        except LichengError:
            return None
        top = None if bare == "true" else Path(_git(place, "rev-parse", "--show-toplevel").strip())
        return cls(Path(git_dir), top)

    def setting(self, name: str) -> str | None:
        """The value that counts, whoever set it (repository, user, machine); None where nobody did."""
        return self.settings.get(name.lower())

    @cached_property
    def settings(self) -> dict[str, str]:
        """All settings by name in lower case, the last value of each; a name without a value means true."""
        listed = _git(self.git_dir, "config", "--list", "-z").split("\0")
        pairs = (entry.partition("\n") for entry in listed if entry)
        return {name.lower(): value if newline else "true" for name, newline, value in pairs}

    def remotes(self) -> dict[str, str]:
        """The address of each remote, by name."""
        names = _git(self.git_dir, "remote").split()
        return {name: _git(self.git_dir, "remote", "get-url", name).strip() for name in names}

    def says(self, *arguments: str) -> str:
        """The output of a git command that only reads.

        Raises:
            LichengError: APP003, git failed.
        """
        return _git(self.git_dir, *arguments).strip()

    def head(self) -> str | None:
        """The commit at its head, or None before the first one."""
        try:
            return self.says("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        except LichengError:
            return None


def _git(place: Path, *arguments: str) -> str:
    # Somebody else's repository may be looked at: none of these commands runs anything that its settings name.
    command = ["git", "-c", "safe.directory=*", "-C", str(place), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise UsageError("APP024", path="git", detail=reason_of(error)) from error
    if done.returncode:
        raise LichengError("APP003", command=f"git {arguments[0]}")
    return done.stdout.decode("utf-8", "surrogateescape")
