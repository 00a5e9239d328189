"""The statement of a change: what one of the staff signs so that an intake account may bring it, or a student may."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from licheng.app.loading.load import Loaded
from licheng.app.loading.signed import changes, hand_ins
from licheng.app.trust.refusing import repository_of, worthless
from licheng.core.errors import UsageError
from licheng.core.student import Student
from licheng.core.trust import StatedChange, StatedPath
from licheng.policy.permission import is_control
from licheng.policy.statements import MOST_STATED, fault, place, place_of_hand_in
from licheng.signing.canonical import encode
from licheng.sources.schemas import is_valid
from licheng.sources.shelf import Shelf


def stated(
    loaded: Loaded, account: str, files: Mapping[str, bytes | None], at: datetime, student: Student | None = None
) -> StatedChange:
    """What a change does to the files as they are, to be signed by whose it is; `encode(….payload())` are its bytes.

    Args:
        loaded: the school, of the tree that the change is made on.
        account: id of who signs and is the commit's author.
        files: by path, what each file will hold as it will lie in the tree; None where it goes.
        at: now, UTC.
        student: whose hand-in it is; None of staff.

    Raises:
        UsageError: APP046, there is no genesis; APP360, nothing changes; APP361, more files than one statement may
            name; APP362, a file that no intake account may bring, or whose path no statement can name.
    """
    tree, entries = loaded.tree, list[StatedPath]()
    for path, data in sorted(files.items()):
        before = _digest(next((tree.read(entry) for entry in tree.entries(path)), None))
        if before != (after := _digest(data)):
            entries.append(StatedPath(path, before, after))
    if not entries:
        raise UsageError("APP360")
    if len(entries) > MOST_STATED:
        raise UsageError("APP361", count=len(entries), limit=MOST_STATED)
    kind = "change" if student is None else "hand-in"
    change = StatedChange("", "", repository_of(loaded.school), account, at, tuple(entries))
    for entry in entries:
        if is_control(entry.path) or not is_valid(kind, change._replace(entries=(entry,)).payload()):
            raise UsageError("APP362", path=entry.path)
    digest = hashlib.sha256(encode(change.payload())).hexdigest()
    path = place(account, at, digest) if student is None else place_of_hand_in(student, digest)
    return change._replace(path=path, digest=digest)


def signed_files(
    change: StatedChange, signature: bytes, loaded: Loaded, student: Student | None = None
) -> dict[str, bytes]:
    """A statement and its signature by their paths, to be committed with the files that it names and nothing else.

    Raises:
        UsageError: APP042, it would count for nothing.
    """
    data = encode(change.payload())
    files = {change.path: data, f"{change.path}.sig": signature}
    [read] = (changes if student is None else hand_ins)(Shelf(signed=files))
    why = fault(read, loaded.school, student)
    if why is not None:
        raise worthless("CHG001" if student is None else "CHG002", change.path, reason=why)
    return files


def _digest(data: bytes | None) -> str | None:
    return hashlib.sha256(data).hexdigest() if data is not None else None
