"""A certification as values: what was signed, by which key, over which files. Nothing here verifies anything.

The form is that of an in-toto Statement; the fields are those of `certification/v1`. Times are UTC, aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from licheng.core.dates import instant, written

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
CERTIFICATION_TYPE = "certification/v1"

# As every kind of signed thing, in a namespace of its own (`core.trust`).
CERTIFICATION_NAMESPACE = "certification@licheng.invalid"
CERTIFICATION_LIST_NAMESPACE = "certification-list@licheng.invalid"


class Decision(StrEnum):
    """What a certifier decides; a student's own withdrawal is a change of `submitted`, not a signed decision."""

    CERTIFIED = "certified"
    RETURNED = "returned"
    REVOKED = "revoked"
    REAFFIRMED = "reaffirmed"


class Capacity(StrEnum):
    """In what capacity a certifier decides (肆.一: 經任課或指導教師認證)."""

    COURSE_TEACHER = "course-teacher"
    ADVISING_TEACHER = "advising-teacher"
    SUBSTITUTE = "substitute"
    COORDINATOR = "coordinator"


# Why an item may be returned or a certification revoked; none is about quality, which is nobody's to certify.
REASONS = ("not-own-work", "other-course", "unverifiable", "wrong-file")


class SubjectFile(NamedTuple):
    """One file of an item as it was signed: name in the item's folder, bytes, SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class SignatureFact(NamedTuple):
    """What the mathematics says of a signature file.

    Attributes:
        fingerprint: `SHA256:…` of the key that made it; None where it could not be read.
        fault: why it is no signature of these bytes in its namespace; None where it is one.
        malformed: the fault is of the file's form, before any mathematics.
        namespace: for what kind of signed thing it was made.
        origin: the page on which a passkey made it: `https://sign.school.example`; None of any other key.
        can_be_copied: whether a passkey says that it may be kept elsewhere too (BE); None of any other key.
    """

    fingerprint: str | None
    fault: str | None = None
    malformed: bool = False
    namespace: str = ""
    origin: str | None = None
    can_be_copied: bool | None = None


class Certification(NamedTuple):
    """The payload of one decision.

    Attributes:
        statement: which sentence the certifier was shown, and in what language.
    """

    repository: str
    item: str
    student: str
    kind: str
    term: str
    course: str
    certifier: str
    key_fingerprint: str
    capacity: Capacity
    acting_for: str | None
    delegation_digest: str | None
    decision: Decision
    reason_code: str | None
    reason_text: str | None
    rulebook: str
    rulebook_digest: str
    sequence: int
    previous: str | None
    issued_at: datetime
    statement: str
    language: str
    subject: tuple[SubjectFile, ...]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Certification:
        """Read a payload that is of its schema."""
        predicate = payload["predicate"]
        certifier, reason = predicate["certifier"], predicate.get("reason", {})
        files = (SubjectFile(file["name"], file["size"], file["digest"]["sha256"]) for file in payload["subject"])
        return cls(
            **{name: predicate[name] for name in ("repository", "item", "student", "kind", "term", "course")},
            certifier=certifier["id"],
            key_fingerprint=certifier["key_fingerprint"],
            capacity=Capacity(certifier["capacity"]),
            acting_for=certifier.get("acting_for"),
            delegation_digest=certifier.get("delegation_digest"),
            decision=Decision(predicate["decision"]),
            reason_code=reason.get("code"),
            reason_text=reason.get("text"),
            rulebook=predicate["rulebook"]["id"],
            rulebook_digest=predicate["rulebook"]["digest"],
            sequence=predicate["sequence"],
            previous=predicate.get("previous"),
            issued_at=instant(predicate["issued_at"]),
            statement=predicate["statement"]["id"],
            language=predicate["statement"]["language"],
            subject=tuple(files),
        )

    def payload(self) -> dict[str, Any]:
        """The way back: what is signed, as the value of its canonical bytes."""
        certifier = {
            "id": self.certifier,
            "key_fingerprint": self.key_fingerprint,
            "capacity": self.capacity.value,
            "acting_for": self.acting_for,
            "delegation_digest": self.delegation_digest,
        }
        predicate = {
            "repository": self.repository,
            "item": self.item,
            "student": self.student,
            "kind": self.kind,
            "term": self.term,
            "course": self.course,
            "certifier": _told(certifier),
            "decision": self.decision.value,
            "reason": _told({"code": self.reason_code, "text": self.reason_text}) or None,
            "rulebook": {"id": self.rulebook, "digest": self.rulebook_digest},
            "sequence": self.sequence,
            "previous": self.previous,
            "issued_at": written(self.issued_at),
            "statement": {"id": self.statement, "language": self.language},
        }
        return {
            "_type": STATEMENT_TYPE,
            "predicateType": CERTIFICATION_TYPE,
            "predicate": _told(predicate),
            "subject": [
                {"name": file.name, "size": file.size, "digest": {"sha256": file.sha256}} for file in self.subject
            ],
        }


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A payload leaves out what there is nothing to say of: it never holds null."""
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, eq=False)
class Event:
    """One signed decision as it lies in the tree.

    Attributes:
        path: of the payload.
        item: the item's folder below the student's, by the path: `terms/114-1/outputs/pendulum`.
        sequence: by the path, 1-based.
        decision: by the path.
        digest: SHA-256 of the payload's bytes, in hex.
        payload: None where the bytes are not a payload.
        fault: why they are not.
        signature: what is known of the signature file; None where there is none.
    """

    path: str
    item: str
    sequence: int
    decision: str
    digest: str
    payload: Certification | None
    fault: str | None
    signature: SignatureFact | None
