"""What a save of a unit's record changes: stated path by path, signed by its author on the signing page, handed in.

It is handed in with the statement and its signature, and with nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.trust.state import signed_files, stated
from licheng.core.change import Operation
from licheng.core.dates import instant, written
from licheng.core.errors import UsageError
from licheng.core.layout import home
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.platform.certifying import SigningPasskey, passkeys_of
from licheng.platform.hand_in import HandIn, is_stored
from licheng.platform.signing_desk import SigningDesk, answered, drawn_id
from licheng.signing.canonical import encode
from licheng.sources.attachments import pointer_to

JOB = "change"
Files = Mapping[str, bytes | None]


@dataclass(frozen=True)
class PreparedChange:
    """A change that waits for its author's signature.

    Attributes:
        account: whose it is.
        at: when it was prepared, UTC, by the school's clock, as the statement says; `made` by the machine's.
        files: what each file will hold, by path; None where it goes.
        bases: SHA-256 of what each was opened on; None where there was nothing.
        payload: the text to be signed.
        passkeys: those by which it may be signed.
        words: what is said above the files, as the preview of an import.
        uploads: ids of those that are among the files.
        draft: key and version of the text that it was made of; empty where there was none.
    """

    id: str
    account: str
    at: datetime
    made: datetime
    files: Files
    bases: Mapping[str, str | None]
    payload: str
    passkeys: tuple[SigningPasskey, ...]
    words: str = ""
    uploads: tuple[str, ...] = ()
    draft: tuple[str, str] = ("", "")

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> PreparedChange:
        """Of what the signing desk keeps."""
        files = {path: base64.b64decode(text) if text is not None else None for path, text in value["files"].items()}
        return cls(
            value["id"],
            value["account"],
            instant(value["at"]),
            instant(value["made"]),
            files,
            value["bases"],
            value["payload"],
            tuple(SigningPasskey(*each) for each in value["passkeys"]),
            value["words"],
            tuple(value["uploads"]),
            (value["draft"][0], value["draft"][1]),
        )

    @property
    def kept(self) -> dict[str, Any]:
        """As the signing desk keeps it."""
        return {
            "id": self.id,
            "account": self.account,
            "at": written(self.at),
            "made": written(self.made),
            "files": {
                path: base64.b64encode(data).decode() if data is not None else None for path, data in self.files.items()
            },
            "bases": self.bases,
            "payload": self.payload,
            "passkeys": [[key.fingerprint, key.credential, key.public_key] for key in self.passkeys],
            "words": self.words,
            "uploads": self.uploads,
            "draft": self.draft,
        }

    def asked(self, repository: str, language: str) -> dict[str, Any]:
        """What the signing page is asked (decision 0017)."""
        keys = [{"credential": key.credential, "public_key": key.public_key} for key in self.passkeys]
        about = {"id": self.id, "job": JOB, "repository": repository, "language": language}
        return {**about, "keys": keys, "payload": self.payload}

    @property
    def shown(self) -> Iterator[tuple[str, str, str]]:
        """Of each file the path, what happens to it (`add`, `change`, `delete`), and what it will hold."""
        for path, data in sorted(self.files.items()):
            did = Operation.DELETE if data is None else Operation.CHANGE if self.bases[path] else Operation.ADD
            is_text = data is not None and home(path) is not None
            yield path, did.value, (data or b"").decode("utf-8", "replace") if is_text else ""


def lying(files: Files) -> Files:
    """Files as they will lie in git, large attachments as pointers."""
    return {
        path: pointer_to(hashlib.sha256(data).hexdigest(), len(data))
        if data is not None and is_stored(path, len(data))
        else data
        for path, data in files.items()
    }


def prepare(
    desk: SigningDesk,
    account: str,
    files: Files,
    bases: Mapping[str, str | None],
    loaded: Loaded,
    now: datetime,
    at: datetime,
    words: str = "",
    uploads: tuple[str, ...] = (),
    draft: tuple[str, str] = ("", ""),
) -> PreparedChange:
    """Write the statement of a change of main's tip, and keep both until it is signed.

    Args:
        desk: where it is kept.
        account: whose change it is.
        files: what each file will hold; those that stay as they are, are left out.
        bases: what the form was opened on.
        loaded: the school at main's tip.
        now: the school's clock, UTC.
        at: the machine's clock, UTC.
        words: see `PreparedChange`.
        uploads: likewise.
        draft: likewise.

    Raises:
        UsageError: APP381, no passkey may sign it; as `stated`; APP382, main is no longer as the form was opened on.
    """
    passkeys = passkeys_of(account, loaded.school, now, CHANGE_NAMESPACE)
    if not passkeys:
        raise UsageError("APP381")
    change = stated(loaded, account, lying(files), now)
    for entry in change.entries:
        # Of an attachment that was there the record, which lists it, is enough: a pointer may lie in its place.
        is_listed = home(entry.path) is None and bases[entry.path] is not None and entry.before is not None
        if entry.before != bases[entry.path] and not is_listed:
            raise UsageError("APP382", path=entry.path)
    kept = {entry.path: files[entry.path] for entry in change.entries}
    based = {entry.path: bases[entry.path] for entry in change.entries}
    payload = encode(change.payload()).decode()
    prepared = PreparedChange(drawn_id(), account, now, at, kept, based, payload, passkeys, words, uploads, draft)
    desk.put(account, prepared.id, prepared.kept)
    return prepared


def prepared_at(desk: SigningDesk, account: str, name: str, now: datetime) -> PreparedChange | None:
    """What somebody has prepared within the last hour; None of anything else, be it another's."""
    value = desk.get(account, name, now)
    return PreparedChange.of(value) if value is not None else None


def signed(prepared: PreparedChange, answer: bytes, loaded: Loaded, received_at: datetime) -> HandIn:
    """What is handed in of an answer of the signing page.

    Args:
        prepared: what was asked.
        answer: JSON, as the page gave it.
        loaded: the school at main.
        received_at: the machine's clock, UTC.

    Raises:
        UsageError: APP373, it is no answer to this; APP042, the statement would count for nothing; APP382, main has
            changed meanwhile.
    """
    signature = answered(answer, prepared.id, JOB)["signature"].encode()
    change = None
    with suppress(UsageError):  # nothing is left to state: somebody has done just this, or undone it
        change = stated(loaded, prepared.account, lying(prepared.files), prepared.at)
    if change is None or encode(change.payload()).decode() != prepared.payload:
        raise UsageError("APP382", path=next(iter(prepared.files)))
    beside = signed_files(change, signature, loaded)
    bases = {**prepared.bases, **dict.fromkeys(beside)}
    return HandIn(prepared.account, received_at, "record", prepared.id, {**prepared.files, **beside}, bases)
