"""What a save of a unit's record or a student's hand-in changes: stated path by path, and signed by whose it is.

It is signed on the signing page, and handed in with the statement and its signature, and with nothing else.
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
from licheng.core.student import Student
from licheng.core.trust import CHANGE_NAMESPACE, CONSENT_NAMESPACE, HAND_IN_NAMESPACE
from licheng.platform.certifying import SigningPasskey, passkeys_of, passkeys_of_student
from licheng.platform.hand_in import HandIn, is_stored
from licheng.platform.signing_desk import SigningDesk, answered, drawn_id
from licheng.policy.statements import namespace_of
from licheng.signing.canonical import encode
from licheng.sources.attachments import pointer_to

# What the signing page is asked, by what it is signed for.
_JOBS = {CHANGE_NAMESPACE: "change", HAND_IN_NAMESPACE: "hand-in", CONSENT_NAMESPACE: "consent"}
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
        job: of the signing page.
        action: what the person does, as a hand-in says it.
        key: of the form, by which it is handed in once.
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
    job: str = "change"
    action: str = "record"
    key: str = ""

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
            *(value[name] for name in ("job", "action", "key")),
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
            "job": self.job,
            "action": self.action,
            "key": self.key,
        }

    def asked(self, repository: str, language: str) -> dict[str, Any]:
        """What the signing page is asked (decision 0017)."""
        keys = [{"credential": key.credential, "public_key": key.public_key} for key in self.passkeys]
        about = {"id": self.id, "job": self.job, "repository": repository, "language": language}
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


def prepare_hand_in(
    desk: SigningDesk, hand_in: HandIn, student: Student, loaded: Loaded, now: datetime, draft: tuple[str, str]
) -> PreparedChange | None:
    """What a student hands in, to be signed first; None of who has no passkey that may, and of what cannot be stated.

    Args:
        desk: where it is kept.
        hand_in: as the form was sent.
        student: whose it is, as main has them.
        loaded: the school at main's tip.
        now: the school's clock, UTC.
        draft: see `PreparedChange`.

    Raises:
        UsageError: APP397, as much waits as one account may have.
    """
    passkeys, change = passkeys_of_student(student, loaded.school, now), None
    files = {**hand_in.changes, **{path: file.read_bytes() for path, file in hand_in.files.items()}}
    with suppress(UsageError):  # it changes nothing, say: then there is nothing to sign
        change = stated(loaded, student.id, lying(files), now, student)
    if not passkeys or change is None:
        return None
    prepared = PreparedChange(
        id=drawn_id(),
        account=student.id,
        at=now,
        made=hand_in.received_at,
        files=files,
        bases=hand_in.bases,
        payload=encode(change.payload()).decode(),
        passkeys=passkeys,
        draft=draft,
        job=_JOBS[namespace_of(change)],
        action=hand_in.action,
        key=hand_in.key,
    )
    desk.put(student.id, prepared.id, prepared.kept)
    return prepared


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


def signed(
    prepared: PreparedChange, answer: bytes, loaded: Loaded, received_at: datetime, student: Student | None = None
) -> HandIn:
    """What is handed in of an answer of the signing page.

    Args:
        prepared: what was asked.
        answer: JSON, as the page gave it.
        loaded: the school at main.
        received_at: the machine's clock, UTC.
        student: whose hand-in it is; None of staff.

    Raises:
        UsageError: APP373, it is no answer to this; APP042, the statement would count for nothing; APP382, main has
            changed meanwhile.
    """
    signature = answered(answer, prepared.id, prepared.job)["signature"].encode()
    change = None
    with suppress(UsageError):  # nothing is left to state: somebody has done just this, or undone it
        change = stated(loaded, prepared.account, lying(prepared.files), prepared.at, student)
    if change is None or encode(change.payload()).decode() != prepared.payload:
        raise UsageError("APP382", path=next(iter(prepared.files)))
    return _sent(prepared, received_at, signed_files(change, signature, loaded, student))


def unsigned(prepared: PreparedChange, received_at: datetime) -> HandIn:
    """What a student hands in after all without a signature: nobody has to sign."""
    return _sent(prepared, received_at, {})


def _sent(prepared: PreparedChange, at: datetime, beside: Mapping[str, bytes]) -> HandIn:
    files, bases = {**prepared.files, **beside}, {**prepared.bases, **dict.fromkeys(beside)}
    return HandIn(prepared.account, at, prepared.action, prepared.key or prepared.id, files, bases)
