"""What a person hands in through a form, and the ticket that is given for it: values only."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.core.layout import CERTIFICATIONS, CHANGES, STUDENTS, Kind, Lasting, Part, Role, part_of, student_folder
from licheng.policy.gate import PLAIN_BYTES
from licheng.policy.permission import is_control
from licheng.policy.statements import MOST_STATED
from licheng.sources.attachments import pointer_to

# What students write themselves.
WRITTEN_BY_STUDENTS = ("course-output", "activity", "statement", "selection", "release-consent")
# What units only ever add: their side of a receipt (decision 0023).
ADDED_BY_UNITS = ("receipt-notice", "receipt-sheet", "receipt-answer")
# Bytes of one file, above what the gate takes; files of one hand-in: as many as a statement names, with itself.
MOST_FILE_BYTES = 64 << 20
MOST_FILES = MOST_STATED + 2


class TicketState(StrEnum):
    """What has become of a hand-in."""

    WAITING = "waiting"
    LANDED = "landed"
    REFUSED = "refused"


@dataclass(frozen=True)
class HandIn:
    """A change of one student's own files, or what one of the staff has signed, as a form was sent.

    Attributes:
        account: the student's.
        received_at: UTC.
        action: what the person did, an entry of the catalog: `submit`, `withdraw`, `select`, …
        key: the form's own, drawn when the page was made; a browser that sends the form again sends the same.
        changes: path from the repository's root → its bytes, or None where it goes.
        bases: of each path that changes, SHA-256 of what the form was opened on; None where there was nothing. A file
            in the store has the digest of its bytes, not of its pointer.
        files: further paths, whose bytes are large and lie in a file.
    """

    account: str
    received_at: datetime
    action: str
    key: str
    changes: Mapping[str, bytes | None]
    bases: Mapping[str, str | None]
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def paths(self) -> frozenset[str]:
        """Everything that it changes."""
        return frozenset((*self.changes, *self.files))

    @property
    def ticket_id(self) -> str:
        """The id of its ticket, which follows from the account and the form's key: sent again, it is the same.

        Letters alone, as it stands in a commit's message, where digits in a row could be somebody's number.
        """
        digest = hashlib.sha256(f"{self.account}\n{self.key}".encode()).digest()[:15]
        return digest.hex().translate(_LETTERS)


_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


_FILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


def is_own(path: str, account: str) -> bool:
    """Whether a path is of a record of the student's own, or of a file beside one; of staff, `is_of_staff`."""
    part = part_of(path)
    if part is None or _FILE.fullmatch(path.rpartition("/")[2]) is None:
        return False
    if account.startswith("t"):
        return is_of_staff(part, path, account)
    folder = student_folder(path) if path.startswith(f"{STUDENTS}/") else None
    return folder == f"{STUDENTS}/{account[1:4]}/{account}"


def is_of_staff(part: Part, path: str, account: str) -> bool:
    """Whether a file is of what staff hand in: certifications, records that units keep, the own statement of these.

    And the passkeys of a student, which are witnessed so. Never control, nothing that a student writes, and nothing
    else that is signed. Whether it is this person's to write
    the gate says.
    """
    kind = part.home.kind
    if kind.name in {"certification", "change", "student-keys"}:
        return part.home.identity.get("staff", account) == account
    return is_kept_by_units(kind, path)


def is_kept_by_units(kind: Kind, path: str) -> bool:
    """Whether a file, of a record of a kind, is such as units keep (伍.五)."""
    is_theirs = kind.lasting is Lasting.EDITED or kind.name in ADDED_BY_UNITS
    return is_theirs and kind.name not in WRITTEN_BY_STUDENTS and not is_control(path)


def is_stored(path: str, size: int) -> bool:
    """Whether git keeps a file of that many bytes outside history, with a pointer in its place."""
    part = part_of(path)
    return size > PLAIN_BYTES and part is not None and part.role is Role.ATTACHMENT


def lying_digest(path: str, digest: str, size: int) -> str:
    """SHA-256 of a file as it lies in git, which may be a pointer, by that of its bytes."""
    return hashlib.sha256(pointer_to(digest, size)).hexdigest() if is_stored(path, size) else digest


def check_statement(
    account: str, digests: Mapping[str, str | None], bases: Mapping[str, str | None], data: bytes
) -> None:
    """Refuse a hand-in of staff of which its statement does not say just what it changes.

    Args:
        account: whose it is.
        digests: of each path, what will lie there.
        bases: of each path, what it holds; of an attachment, the bytes, which need not lie there themselves.
        data: the statement; empty where there is none.

    Raises:
        UsageError: APP383.
    """
    statements = {path for path in digests if path.startswith(f"{CHANGES}/")}
    if not account.startswith("t") or all(path.startswith(f"{CERTIFICATIONS}/") for path in digests):
        return
    try:
        value = json.loads(data)
        stated = {entry["path"]: (entry["before"], entry["after"]) for entry in value["paths"]}
        is_theirs = value["account"] == account
    except (ValueError, KeyError, TypeError, RecursionError):
        stated, is_theirs = {}, False
    done = {path: (bases.get(path), digests[path]) for path in digests.keys() - statements}
    if not is_theirs or len(statements) != 2 or not _is_said(stated, done):
        raise UsageError("APP383", account=account)


_Said = Mapping[str, tuple[str | None, str | None]]


def _is_said(stated: _Said, done: _Said) -> bool:
    """Whether both name the same files, before and after; of an attachment that was there, only that it was."""
    parts = {path: part_of(path) for path in done}
    attachments = {path for path, part in parts.items() if part is not None and part.role is Role.ATTACHMENT}
    return stated.keys() == done.keys() and all(
        after == done[path][1]
        and (before == done[path][0] or (None not in (before, done[path][0]) and path in attachments))
        for path, (before, after) in stated.items()
    )


def is_statement(path: str) -> bool:
    """Whether a file states what a student hands in, or signs that."""
    part = part_of(path)
    return part is not None and part.home.kind.name == "hand-in"


def statement_of(paths: Iterable[str]) -> str | None:
    """The statement among the files of a hand-in; None where there is none, or more than one."""
    statements = [path for path in paths if path.startswith(f"{CHANGES}/") and path.endswith(".json")]
    return statements[0] if len(statements) == 1 else None


@dataclass(frozen=True)
class Ticket:
    """What the spool knows of a hand-in.

    Attributes:
        id: letters.
        number: its place in the order in which all were accepted.
        account: the student's.
        action: as handed in.
        received_at: by the platform, UTC, whole seconds.
        files: path → SHA-256, None where it goes; the bytes lie in the spool.
        sizes: digest → bytes.
        bases: as handed in.
        announced_at: when the school's server wrote the digests into its receipt log, by its clock, UTC; None before.
        state: what has become of it.
        settled_at: when that was known, UTC; None while it waits.
        commit: with which it landed; empty before.
        codes: of what was refused.
        words: language → why it was refused, and what comes next.
    """

    id: str
    number: int
    account: str
    action: str
    received_at: datetime
    files: Mapping[str, str | None]
    sizes: Mapping[str, int]
    bases: Mapping[str, str | None]
    announced_at: datetime | None = None
    state: TicketState = TicketState.WAITING
    settled_at: datetime | None = None
    commit: str = ""
    codes: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def item(self) -> str:
        """The folder that holds all of its files: the item's, mostly."""
        folders = [path.split("/")[:-1] for path in self.files if not is_statement(path)]
        shortest, longest = min(folders), max(folders)
        length = next((at for at, part in enumerate(shortest) if longest[at : at + 1] != [part]), len(shortest))
        return "/".join(shortest[:length])

    @property
    def size(self) -> int:
        """Bytes of all of its files."""
        return sum(self.sizes.values())
