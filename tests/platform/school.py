"""A school's server for the platform's tests, and what its students hand in: real git, the real hooks."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from licheng.demo.school import INTAKE
from licheng.platform.delivery import Delivery
from licheng.platform.hand_in import HandIn
from licheng.platform.remote import Remote
from licheng.platform.spool import Spool
from tests.gate.items import HOME, STUDENT, output

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
    """The files of a draft of an output."""
    home = f"content/students/{account[1:4]}/{account}" if account != STUDENT else HOME
    return dict(output(slug, home=home, submitted=False))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def delivery(server: Path, folder: Path) -> Delivery:
    """A delivery of a spool of its own to a server on this machine."""
    return Delivery(Spool(folder / "spool"), Remote(str(server), INTAKE), folder, demo=True)


def git(root: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True, env=environment
    )
    return done.stdout.strip()
