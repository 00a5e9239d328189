"""A teacher's decisions by passkey: prepared here, signed on the signing page, judged before they are handed in.

The platform writes the payloads and can sign none of them. What comes back is put through the procedure that judges it
for ever after, and goes through the spool and the gate as any hand-in, in the teacher's name: the gate takes it from
the intake account because the teacher has signed every file of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.trust.certify import DecisionRequest, Draft, draft, verified_plan
from licheng.core.certification import CERTIFICATION_NAMESPACE, Decision
from licheng.core.dates import instant, written
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.core.student import Student
from licheng.platform.hand_in import HandIn
from licheng.platform.signing_desk import SigningDesk, answered, drawn_id
from licheng.policy import keys
from licheng.policy.statements import fault_of_key
from licheng.signing import lists

MOST = lists.MOST


@dataclass(frozen=True)
class SigningPasskey:
    """A passkey of a member of staff that may sign now.

    Attributes:
        credential: its id at the authenticator, base64url.
        public_key: the line of its record.
    """

    fingerprint: str
    credential: str
    public_key: str


@dataclass(frozen=True)
class Prepared:
    """Decisions that wait for a signature.

    Attributes:
        account: whose decisions they are.
        at: when they were prepared, UTC, by the school's clock, as their payloads say; `made` by the machine's.
        payloads: the texts to be signed, by their paths, in the order in which they are shown.
        items: the items' folders, in that order.
        request: what was decided of each item, in that order.
    """

    id: str
    account: str
    at: datetime
    made: datetime
    payloads: Mapping[str, str]
    items: tuple[str, ...]
    request: tuple[DecisionRequest, ...]
    passkey: SigningPasskey

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Prepared:
        """Of what the signing desk keeps."""
        decisions = (
            DecisionRequest(
                certifier=each["certifier"],
                fingerprint=each["fingerprint"],
                decision=Decision(each["decision"]),
                reason=(each["reason"][0], each["reason"][1]) if each["reason"] is not None else None,
                acting_for=each["acting_for"],
                language=each["language"],
            )
            for each in value["request"]
        )
        return cls(
            id=value["id"],
            account=value["account"],
            at=instant(value["at"]),
            made=instant(value["made"]),
            payloads=dict(value["payloads"]),
            items=tuple(value["items"]),
            request=tuple(decisions),
            passkey=SigningPasskey(**value["passkey"]),
        )

    @property
    def kept(self) -> dict[str, Any]:
        """As the signing desk keeps it."""
        decisions = [
            {
                "certifier": request.certifier,
                "fingerprint": request.fingerprint,
                "decision": request.decision.value,
                "reason": list(request.reason) if request.reason is not None else None,
                "acting_for": request.acting_for,
                "language": request.language,
            }
            for request in self.request
        ]
        return {
            "id": self.id,
            "account": self.account,
            "at": written(self.at),
            "made": written(self.made),
            "payloads": [[path, text] for path, text in self.payloads.items()],
            "items": self.items,
            "request": decisions,
            "passkey": asdict(self.passkey),
        }

    def asked(self, repository: str, language: str) -> dict[str, Any]:
        """What the signing page is asked (decision 0017)."""
        texts = list(self.payloads.values())
        key = {"credential": self.passkey.credential, "public_key": self.passkey.public_key}
        asked = {"id": self.id, "repository": repository, "language": language, "keys": [key]}
        if len(texts) == 1:
            return asked | {"job": "certification", "payload": texts[0]}
        return asked | {"job": "certification-list", "payloads": texts}


def passkeys_of(
    account: str, school: School, now: datetime, namespace: str = CERTIFICATION_NAMESPACE
) -> tuple[SigningPasskey, ...]:
    """The passkeys by which somebody may sign for a namespace at an instant, the newest first."""
    records = {record.path: record for record in school.of("staff-keys")}
    mine = [
        key
        for key in school.trust.keys_of(account)
        if key.is_passkey
        and key.ending is None
        and key.valid_at(now)
        and namespace in key.namespaces
        and keys.is_enrolled(key, school)
    ]
    entries = ((key, records[key.path].data["keys"][key.index]) for key in reversed(mine))
    return tuple(
        SigningPasskey(key.fingerprint or "", entry["passkey"]["credential"], entry["public_key"])
        for key, entry in entries
    )


def passkeys_of_student(student: Student, school: School, now: datetime) -> tuple[SigningPasskey, ...]:
    """The student's own passkeys that sign a hand-in at an instant, the newest first."""
    record = student.one("student-keys")
    entries = record.data["keys"] if record is not None else []
    lasting = (key for key in student.keys if key.ended_at is None and key.valid_at(now))
    mine = [key for key in lasting if fault_of_key(key, student, school) is None]
    named = ((key.fingerprint or "", entries[key.index]) for key in reversed(mine))
    return tuple(
        SigningPasskey(fingerprint, entry["passkey"]["credential"], entry["public_key"]) for fingerprint, entry in named
    )


class PreparedDecisions:
    """Prepared decisions in a folder of the platform's state."""

    def __init__(self, folder: Path) -> None:
        self._desk = SigningDesk(folder)

    def prepare(
        self,
        account: str,
        wanted: Sequence[tuple[str, DecisionRequest]],
        passkey: SigningPasskey,
        loaded: Loaded,
        now: datetime,
        at: datetime,
    ) -> Prepared:
        """Write the payloads of decisions on items as they are now, and keep them until they are signed.

        Args:
            account: whose they are.
            wanted: items' folders, each with what is decided.
            passkey: which will sign.
            loaded: the school at main.
            now: the school's clock, UTC.
            at: the machine's clock, UTC.

        Raises:
            UsageError: as `certify.draft`; APP372, there are none or more than a list holds.
        """
        if not 0 < len(wanted) <= MOST:
            raise UsageError("APP372", count=len(wanted), limit=MOST)
        drafts = _drafts(wanted, loaded, now)
        prepared = Prepared(
            id=drawn_id(),
            account=account,
            at=now,
            made=at,
            payloads={drafted.path: drafted.data.decode() for drafted, _ in drafts},
            items=tuple(folder for folder, _ in wanted),
            request=tuple(request for _, request in wanted),
            passkey=passkey,
        )
        self._desk.put(account, prepared.id, prepared.kept)
        return prepared

    def prepared(self, account: str, name: str, now: datetime) -> Prepared | None:
        """What somebody has prepared within the last hour; None of anything else, be it another's."""
        value = self._desk.get(account, name, now)
        return Prepared.of(value) if value is not None else None


def signed(prepared: Prepared, answer: bytes, loaded: Loaded, received_at: datetime) -> HandIn:
    """What is handed in of an answer of the signing page.

    Args:
        prepared: what was asked.
        answer: JSON, as the page gave it.
        loaded: the school at main.
        received_at: the machine's clock, UTC.

    Raises:
        UsageError: APP373, it is no answer to this; APP042, what was signed would not verify; as `certify.draft`,
            where main has changed meanwhile.
    """
    job = "certification" if len(prepared.payloads) == 1 else "certification-list"
    value = answered(answer, prepared.id, job)
    armored, listed = value["signature"].encode(), value.get("list", "").encode()
    beside = {".sig": armored} if job == "certification" else {".list": listed, ".list.sig": armored}
    now_is = _drafts(tuple(zip(prepared.items, prepared.request, strict=True)), loaded, prepared.at)
    for drafted, _ in now_is:
        if prepared.payloads.get(drafted.path) != drafted.data.decode():
            raise UsageError("APP373", case="changed", item=drafted.item.folder)
    plans = [verified_plan(drafted, beside, student, loaded, prepared.at) for drafted, student in now_is]
    changes = {path: data for plan in plans for path, data in plan.creates.items()}
    return HandIn(
        account=prepared.account,
        received_at=received_at,
        action="certify",
        key=prepared.id,
        changes=changes,
        bases=dict.fromkeys(changes),
    )


def _drafts(
    wanted: Iterable[tuple[str, DecisionRequest]], loaded: Loaded, now: datetime
) -> list[tuple[Draft, Student]]:
    drafts = []
    for folder, request in wanted:
        student, item = loaded.item(folder)
        drafts.append((draft(item, student, loaded.school, request.checked(), now), student))
    return drafts
