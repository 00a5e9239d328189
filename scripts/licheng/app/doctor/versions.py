"""What runs: Python, Git, OpenSSH, and whether this is the engine that the school pinned."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from licheng import __version__
from licheng.app.generated import PACKAGE, is_engine
from licheng.app.init import ENGINE
from licheng.core.diagnosis import Diagnosis, Health
from licheng.sources.tree import Tree

# Python: this package's own floor. Git: `safe.directory` on the command line. OpenSSH: `-Overify-time`, `valid-after`.
FLOORS = {"DOC001": "3.11", "DOC002": "2.36", "DOC003": "8.9"}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_COMMIT = re.compile(r"@([0-9a-f]{40})\b")


def examine(tree: Tree | None) -> Iterator[Diagnosis]:
    """The three programs, then the engine."""
    yield _floor("DOC001", platform.python_version())
    yield _floor("DOC002", _asked("git", "--version"))
    yield _floor("DOC003", _asked("ssh", "-V"))
    if tree is None:
        return
    # In a school the pin; in the engine's own repository its version there.
    engine, runs = is_engine(tree), running()
    where = PACKAGE if engine else ENGINE
    text = next((tree.read(entry).decode("utf-8", "replace") for entry in tree.entries(where)), "")
    if engine:
        version = re.search(r'__version__ = "([^"]+)"', text)
        pin = Engine(version[1]) if version is not None else None
    else:
        pin = pinned(text)
    if pin is None:
        same = False
    elif pin.commit:
        same = pin.commit == runs.commit
    else:  # an installer that recorded no archive leaves the version to go by
        same = pin.archive == runs.archive if pin.archive and runs.archive else pin.version == runs.version
    values = {"running": str(runs), "pin": str(pin or "-"), "path": where}
    yield Diagnosis("DOC004", Health.OK if same else Health.WRONG, values)


def _asked(*command: str) -> str:
    """The version that a program says, or nothing where it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = _NUMBER.search(done.stdout + done.stderr)
    return number[0] if number else ""


def _floor(code: str, version: str) -> Diagnosis:
    values = {"version": version or "-", "floor": FLOORS[code]}
    enough = version and numbers(version) >= numbers(FLOORS[code])
    return Diagnosis(code, Health.OK if enough else Health.WRONG, values)


def numbers(version: str) -> tuple[int, ...]:
    """`2.39.5` as numbers, which compare as versions do."""
    number = _NUMBER.match(version)
    return tuple(map(int, number[0].split("."))) if number else ()


CHECKOUT = "checkout"  # a folder was installed, whose contents may change: no pin names it


@dataclass(frozen=True)
class Engine:
    """One build of the engine, as far as it is known: its version, the archive's SHA-256, the commit."""

    version: str
    archive: str = ""
    commit: str = ""

    def __str__(self) -> str:
        mark = self.archive or self.commit
        return f"{self.version} ({mark[:12]})" if mark else self.version


def running() -> Engine:
    """The engine that runs, by what its installer recorded (PEP 610)."""
    recorded = json.loads(metadata.distribution("licheng").read_text("direct_url.json") or "{}")
    digests = recorded.get("archive_info", {})  # pip before 23.1 says the digest in the older form only
    archive = digests.get("hashes", {}).get("sha256", "") or digests.get("hash", "").removeprefix("sha256=")
    unpinned = CHECKOUT if "dir_info" in recorded else ""
    return Engine(__version__, archive or unpinned, recorded.get("vcs_info", {}).get("commit_id", ""))


def pinned(text: str) -> Engine | None:
    """The engine that a pin names, or None where it names none."""
    archive, commit = _DIGEST.search(text), _COMMIT.search(text)
    version = re.search(r"licheng-([0-9][0-9A-Za-z.+]*?)(?:-py3|\.tar)", text)
    if archive is not None and version is not None:
        return Engine(version[1], archive=archive[1])
    return Engine("git", commit=commit[1]) if commit is not None else None
