"""The school's server as the platform reaches it: a client like any other, by the login key of its intake account.

In a demo and in tests the server may be a bare repository on this machine; what its login would say of who comes is
said in the environment then.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from licheng.app.server.names import ACTOR, ANNOUNCE
from licheng.core.dates import instant
from licheng.core.errors import LichengError, reason_of
from licheng.sources.lfs import LfsStore, RefusedObjectError

_PUSH_SECONDS = 900  # the gate inspects a minute at most, and checks what the change touches
_CALL_SECONDS = 120
_SSH = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4")
_NOBODYS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}
_CHUNK = 1 << 20
# A line of the hook that tells the tool's own trouble, and one that tells a finding: no text of a record begins a line.
_TROUBLE = re.compile(r"^(APP\d{3}) ", re.MULTILINE | re.ASCII)
_FINDING = re.compile(r"^\S+:\d+:\d+: \S+ ([A-Z]{3}\d{3}) ", re.MULTILINE | re.ASCII)
_HEARD = re.compile(r"^utc: (\S+)$", re.MULTILINE | re.ASCII)
# In git's own words, which are those of the C locale: another push was there first.
_MOVED = ("fetch first", "non-fast-forward", "failed to update ref", "cannot lock ref", "incorrect old value")


class PushOutcome(StrEnum):
    """What became of a push."""

    LANDED = "landed"
    MOVED = "moved"  # main is another one by now
    REFUSED = "refused"  # the gate has judged it
    UNDECIDED = "undecided"  # it was not judged, or we do not know


@dataclass(frozen=True)
class PushAnswer:
    """What the server said to a push.

    Attributes:
        outcome: what became of it.
        codes: of the findings for which it was refused, or of the server's trouble; sorted.
        words: its own, for people, zh-TW.
    """

    outcome: PushOutcome
    codes: tuple[str, ...] = ()
    words: str = ""

    @classmethod
    def of(cls, done: subprocess.CompletedProcess[bytes]) -> PushAnswer:
        """Of `git push --porcelain`, as it ended."""
        if done.returncode == 0:
            return cls(PushOutcome.LANDED)
        # What a hook said, without what git puts around each line.
        lines = done.stderr.decode("utf-8", "replace").replace("\x1b[K", "").splitlines()
        own = (line.removeprefix("remote:").removeprefix(" ").rstrip() for line in lines if line[:7] == "remote:")
        text = "\n".join(own)
        status = "\n".join(line for line in done.stdout.decode("utf-8", "replace").splitlines() if line.startswith("!"))
        troubles = tuple(sorted(set(_TROUBLE.findall(text))))
        if "APP168" in troubles or any(words in status for words in _MOVED):
            return cls(PushOutcome.MOVED)
        codes = tuple(sorted(set(_FINDING.findall(text))))
        if "pre-receive hook declined" in status and codes and not troubles:
            return cls(PushOutcome.REFUSED, codes, text)
        return cls(PushOutcome.UNDECIDED, troubles, text)


@dataclass(frozen=True)
class Remote:
    """The server, and who comes.

    Attributes:
        url: `ssh://git@server/srv/licheng/school.git`, `git@server:path`, or the path of a bare repository here.
        account: id of the intake account.
        key: its private login key; None where the server is on this machine.
        ssh_options: further ones, as the command line has them.
    """

    url: str
    account: str
    key: Path | None = None
    ssh_options: tuple[str, ...] = ()

    @property
    def path(self) -> Path | None:
        """Of the repository, where it is on this machine."""
        return Path(self.url) if ":" not in self.url.partition("/")[0] else None

    @property
    def environment(self) -> dict[str, str]:
        """Of every git that speaks to the server: nobody's own settings, and no repository but the one named."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "LICHENG_"))}
        if self.path is None:
            return own | _NOBODYS | {"GIT_SSH_COMMAND": shlex.join(self._ssh)}
        address = f"{self.account}@licheng.invalid"
        login = {ACTOR: self.account, "GIT_COMMITTER_NAME": self.account, "GIT_COMMITTER_EMAIL": address}
        return own | _NOBODYS | login

    @property
    def _ssh(self) -> tuple[str, ...]:
        key = ("-i", str(self.key), "-o", "IdentitiesOnly=yes") if self.key is not None else ()
        return ("ssh", *key, *_SSH, *self.ssh_options)

    def git(
        self, *arguments: str, given: bytes = b"", seconds: int = _CALL_SECONDS
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git against the server.

        Raises:
            LichengError: APP338, it did not end, or there is no git.
        """
        return self._run(["git", *arguments], given, seconds)

    def _run(self, command: list[str], given: bytes, seconds: int) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                command, input=given, capture_output=True, env=self.environment, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise LichengError("APP338", case="connection", detail="ETIMEDOUT") from error
        except OSError as error:
            raise LichengError("APP338", case="connection", detail=reason_of(error)) from error

    def announce(self, things: Mapping[str, str]) -> datetime:
        """Tell the server digests of what will be pushed; return when it wrote them down, by its clock, UTC.

        Args:
            things: path → SHA-256.

        Raises:
            LichengError: APP338, it cannot be reached, or has not written them down.
        """
        command = [sys.executable, "-m", "licheng", "hook", "announce", "--repo", self.url]
        if self.path is None:
            command = [*self._ssh, *_destination(self.url)]
        done = self._run(command, json.dumps(dict(things), sort_keys=True).encode(), _CALL_SECONDS)
        heard = _HEARD.search(done.stdout.decode("utf-8", "replace"))
        if done.returncode or heard is None:
            raise _trouble(done)
        return instant(heard[1])

    def send_objects(self, clone: Path, oids: Iterable[str]) -> None:
        """Bring files of the clone's store into the server's, where they are not there.

        Raises:
            LichengError: APP338, they have not come there.
        """
        wanted = sorted(set(oids))
        own, theirs = LfsStore.of(clone), LfsStore.of(self.path) if self.path is not None else None
        if not wanted:
            return
        if theirs is None or own is None:
            done = self.git("-C", str(clone), "lfs", "push", "--object-id", "origin", *wanted, seconds=_PUSH_SECONDS)
            if done.returncode:
                raise _trouble(done)
            return
        for oid in wanted:
            size = own.size(oid)
            if size is not None and theirs.size(oid) != size:
                try:
                    with own.path(oid).open("rb") as file:
                        theirs.receive(oid, size, iter(lambda: file.read(_CHUNK), b""))
                except (OSError, RefusedObjectError) as error:
                    reason = reason_of(error) if isinstance(error, OSError) else error.reason
                    raise LichengError("APP338", case="objects", detail=reason) from error

    def push(self, clone: Path, head: str) -> PushAnswer:
        """Push a commit of the clone to main.

        Raises:
            LichengError: APP338, it did not end.
        """
        refs = f"{head}:refs/heads/main"
        done = self.git("-C", str(clone), "push", "--porcelain", "origin", refs, seconds=_PUSH_SECONDS)
        return PushAnswer.of(done)


def _trouble(done: subprocess.CompletedProcess[bytes]) -> LichengError:
    words = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return LichengError("APP338", case="connection", detail=(words or [str(done.returncode)])[0][:200])


def _destination(url: str) -> tuple[str, ...]:
    """The arguments of ssh that ask for an announcement: port, host, command."""
    if "://" in url:
        parts = urlsplit(url)
        host = f"{parts.username}@{parts.hostname}" if parts.username else str(parts.hostname)
        port = ("-p", str(parts.port)) if parts.port is not None else ()
        return (*port, "--", host, f"{ANNOUNCE} {shlex.quote(parts.path)}")
    host, _, path = url.partition(":")
    return ("--", host, f"{ANNOUNCE} {shlex.quote(path)}")
