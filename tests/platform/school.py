"""A school's server for the platform's tests, and what its students hand in: real git, the real hooks."""

from __future__ import annotations

import hashlib
import math
import os
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from licheng.demo.school import INTAKE
from licheng.platform.hand_in import HandIn
from licheng.platform.spool import Spool
from tests.gate.items import STUDENT, activity, output
from tests.trees import ROOT

if TYPE_CHECKING:
    from licheng.platform.delivery import Delivery

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def hand_in(
    changes: Mapping[str, bytes | None],
    *,
    key: str = "form-1",
    account: str = STUDENT,
    bases: Mapping[str, str | None] | None = None,
    files: Mapping[str, Path] | None = None,
) -> HandIn:
    """What a form sends; of what it was opened on, new files where nothing else is said."""
    known = dict.fromkeys((*changes, *(files or {}))) | dict(bases or {})
    return HandIn(account, NOW, "submit", key, changes, known, files or {})


def draft(slug: str, account: str = STUDENT) -> dict[str, bytes | None]:
    """The files of a draft: of an output, or for those who do not take that course of an activity."""
    home = f"content/students/{account[1:4]}/{account}"
    seniors = account.startswith(STUDENT[:4])
    return dict(output(slug, home=home, submitted=False) if seniors else activity(slug, home=home, submitted=False))


def picture(size: int, seed: object) -> bytes:
    """A PNG of about so many bytes, unlike that of any other seed: grey noise, which nothing makes smaller."""
    side = math.isqrt(size)
    dice = random.Random(str(seed))
    rows = b"".join(b"\0" + dice.randbytes(side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    whole = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(whole)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def delivery(server: Path, folder: Path) -> Delivery:
    """A delivery of a spool of its own to a server on this machine."""
    from licheng.platform.delivery import Delivery  # who hands in needs no gate, and a process starts with this module
    from licheng.platform.remote import Remote

    return Delivery(Spool(folder / "spool"), Remote(str(server), INTAKE), folder, demo=True)


def git(root: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True, env=environment
    )
    return done.stdout.strip()


_IMPORTS = """
import sys
from pathlib import Path
from licheng.platform.spool import *
from tests.platform.school import *
"""


def child(code: str, *arguments: str, path: Path | None = None) -> subprocess.Popen[str]:
    """A process of its own, which knows the spool and these helpers, and finds its programs in a folder first."""
    environment = dict(os.environ)
    if path is not None:
        environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
    command = [sys.executable, "-c", _IMPORTS + code, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
