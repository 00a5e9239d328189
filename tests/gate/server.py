"""A plain server for tests: a bare repository with its hooks, and people who reach it by their login keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from select import select

from licheng.app.server.received import ReceiptLog
from licheng.demo.school import login
from tests import command

DEAN = "t002"
LICHENG = Path(sys.executable).with_name("licheng")


def licheng(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """What somebody runs beside the pushes, whose hooks are all processes of their own."""
    return command.licheng(cwd or Path.cwd(), *arguments, **environment)


@dataclass
class Server:
    """A bare repository with its hooks, and people with clones who reach it by their login keys.

    Attributes:
        root: the repository.
        folder: where the clones lie.
        programs: the folder of `licheng` and of its Python, which the hooks start and who logs in.
    """

    root: Path
    folder: Path
    programs: Path = LICHENG.parent

    def call(self, programs: Path) -> None:
        """Programs of another folder from now on, such as forked ones (`tests.forked`)."""
        call_programs(self.root, self.programs, programs)
        self.programs = programs

    def run(self, who: str, clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A git command of somebody, who logs in with the own key: what sshd would run is run here."""
        fingerprint = login(1, who).public.fingerprint
        ssh = self.folder / f"ssh-{who}"
        if not ssh.exists():  # while a file is open for writing, by whichever process, it cannot be run
            ssh.write_text(
                "#!/bin/sh\n"
                'while [ "$#" -gt 1 ]; do shift; done\n'
                f'SSH_ORIGINAL_COMMAND="$1" exec {self.programs}/licheng hook shell {fingerprint} --repo {self.root}\n'
            )
            ssh.chmod(0o755)
        environment = {**os.environ, "GIT_SSH": str(ssh), "GIT_SSH_VARIANT": "simple", "GIT_CONFIG_GLOBAL": os.devnull}
        identity = ["-c", f"user.name={who}", "-c", f"user.email={who}@licheng.invalid"]
        words = ["git", *identity, *arguments]
        return subprocess.run(words, cwd=clone, env=environment, capture_output=True, text=True, check=False)

    def clone(self, who: str, name: str = "", *, by_login: bool = False) -> Path:
        """A clone of somebody, who reaches the server by login from then on; from the folder beside it if not before.

        Cloning by login takes a second of Python, and most tests are about what comes after it.
        """
        target, origin = self.folder / (name or who), f"school:{self.root}"
        done = self.run(who, self.folder, "clone", "-q", origin if by_login else str(self.root), str(target))
        assert done.returncode == 0, done.stderr
        assert self.run(who, target, "remote", "set-url", "origin", origin).returncode == 0
        return target

    def commit(self, clone: Path, files: dict[str, bytes], author: str) -> None:
        for path, data in files.items():
            file = clone / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        assert self.run(author, clone, "add", "-A").returncode == 0
        assert self.run(author, clone, "commit", "-qm", "A change").returncode == 0

    def push(self, who: str, clone: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run(who, clone, "push", *options, "origin", "HEAD:main")

    @property
    def main(self) -> str:
        """As `git rev-parse` says; where it was moved it is a file."""
        ref = self.root / "refs/heads/main"
        return ref.read_text("ascii").strip() if ref.exists() else self.git("rev-parse", "refs/heads/main")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    @property
    def receipts(self) -> ReceiptLog:
        return ReceiptLog.of(self.root)

    def log(self) -> list[dict[str, object]]:
        return list(self.receipts.entries())


def copy_repository(source: Path, target: Path) -> None:
    """A copy of a folder with a repository in it, whose objects, which nobody ever changes, are not copied."""

    def copy(file: str, to: str) -> None:
        (os.link if "/objects/" in file else shutil.copy2)(file, to)

    shutil.copytree(source, target, copy_function=copy)


def call_programs(root: Path, before: Path, programs: Path) -> None:
    """A server's hooks start the Python of another folder from now on."""
    for hook in (root / "hooks").iterdir():
        hook.write_text(hook.read_text().replace(f"{before}/python", f"{programs}/python"))


def wait_for_what_landed(root: Path) -> None:
    """What runs after a push has landed ends before its folder goes; a site may take minutes on a busy machine."""
    if not (root / "licheng" / "landing.log").exists():  # it is opened before anything is started
        return
    for process in processes("hook", "landed", root=str(root)):
        with suppress(ProcessLookupError):
            ended = os.pidfd_open(process)
            select([ended], [], [], 300)
            os.close(ended)


def processes(*words: str, root: str) -> Iterator[int]:
    """Those that run with some words in a row, and a path behind them."""
    started = b"".join(word.encode() + b"\0" for word in words)
    for folder in os.listdir("/proc"):  # noqa: PTH208 - hundreds, for each of hundreds of tests
        if folder.isdigit():
            with suppress(OSError):
                if root.encode() in _command_line(f"/proc/{folder}").partition(started)[2]:
                    yield int(folder)


def _command_line(folder: str) -> bytes:
    """Of a process; it has none for a moment while a program takes another's place, as behind `nice`."""
    words = b""
    for _ in range(1000):
        with open(f"{folder}/cmdline", "rb") as file:  # noqa: PTH123 - hundreds, for each of hundreds of tests
            words = file.read()
        if words or not os.path.exists(f"{folder}/exe"):  # noqa: PTH110 - as above; the kernel's own have none
            break
    return words
