"""What an intake account holds and will push, said beforehand: the log keeps the time by the server's own clock.

Many hand in at once in the last minutes of a window, and each change takes a second to judge. An announcement is judged
for nothing but its form: it is one line with the digests of files, so what the account pushes later was received then,
if it is just these bytes, and nothing that it makes up afterwards is.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from licheng.app.server.names import MAIN
from licheng.app.server.received import ReceiptLog
from licheng.core.errors import UsageError
from licheng.core.layout import STUDENTS, part_of
from licheng.core.school import School
from licheng.policy.accounts import accounts, known_as
from licheng.policy.receipts import ANNOUNCED
from licheng.sources.git import run as git
from licheng.sources.lfs import OID

MOST_FILES = 10_000
MOST_BYTES = 4 << 20


def announce(repository: Path, school: School, actor: str, announcement: bytes, now: datetime) -> dict[str, Any]:
    """Write one line of the receipt log, and return it.

    Args:
        repository: the server's.
        school: of main, with its accounts.
        actor: an identity or, where somebody pushes by a path, an account's id.
        announcement: a JSON object, path → SHA-256 of the file there.
        now: UTC.

    Raises:
        UsageError: APP335, the account is none that brings in students' work, or what it said is no announcement.
        LichengError: as `ReceiptLog.append`.
    """
    by_id = {account.id: account for account in accounts(school, school.today)}
    account = known_as(actor, school, school.today) if ":" in actor else by_id.get(actor)
    if account is None or account.holder != "intake":
        raise UsageError("APP335", case="account", actor=account.id if account is not None else actor or "-")
    if len(announcement) > MOST_BYTES:
        raise UsageError("APP335", case="size", size=len(announcement), limit=MOST_BYTES)
    try:
        things = json.loads(announcement)
    except (ValueError, RecursionError):
        things = None
    if not isinstance(things, dict) or not 0 < len(things) <= MOST_FILES:
        raise UsageError("APP335", case="form", limit=MOST_FILES)
    for path, digest in things.items():
        is_file = path.startswith(f"{STUDENTS}/") and part_of(path) is not None
        if not is_file or not isinstance(digest, str) or OID.fullmatch(digest) is None:
            raise UsageError("APP335", case="file", path=path[:200])
    main = git(repository, "rev-parse", "--verify", MAIN).decode().strip()
    log = ReceiptLog.of(repository)
    return log.append(now, ANNOUNCED, actor=account.id, identity=actor, base=main, head=main, things=things)
