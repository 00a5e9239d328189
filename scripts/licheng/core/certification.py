"""A certification as values: what was signed, by which key, over which files. Nothing here verifies anything.

The form is that of an in-toto Statement; the fields are those of `certification/v1`. Times are UTC, aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
CERTIFICATION_TYPE = "certification/v1"
DELEGATION_TYPE = "delegation/v1"

# One namespace for each kind of signed thing, never `git`; `.invalid` belongs to nobody (RFC 2606).
CERTIFICATION_NAMESPACE = "certification@licheng.invalid"
DELEGATION_NAMESPACE = "delegation@licheng.invalid"
KEY_NAMESPACE = "key@licheng.invalid"
WAIVER_NAMESPACE = "waiver@licheng.invalid"
OVERRIDE_NAMESPACE = "override@licheng.invalid"
NAMESPACES = frozenset(
    {CERTIFICATION_NAMESPACE, DELEGATION_NAMESPACE, KEY_NAMESPACE, WAIVER_NAMESPACE, OVERRIDE_NAMESPACE}
)


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


@dataclass(frozen=True, slots=True, order=True)
class SubjectFile:
    """One file of an item as it was signed: name in the item's folder, bytes, SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """What the mathematics says of a signature file.

    Attributes:
        fingerprint: `SHA256:…` of the key that made it; None where it could not be read.
        fault: why it is no signature of these bytes in its namespace; None where it is one.
        malformed: the fault is of the file's form, before any mathematics.
    """

    fingerprint: str | None
    fault: str | None = None
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class Certification:
    """The payload of one decision."""

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
            issued_at=datetime.fromisoformat(predicate["issued_at"]),
            subject=tuple(files),
        )


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


@dataclass(frozen=True, slots=True)
class Vouch:
    """A person's signature over a statement that a record makes.

    Attributes:
        staff: who signed.
        statement: SHA-256 of the statement's bytes, in hex.
        signature: what is known of the signature.
    """

    staff: str
    statement: str
    signature: SignatureFact


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a key: of what it signed, only what is listed counts afterwards, so that it cannot backdate.

    Attributes:
        by: the second person, a coordinator, who signed the list.
    """

    at: datetime
    reason: str
    payloads: frozenset[str]
    by: Vouch


@dataclass(frozen=True, slots=True)
class Key:
    """A staff member's key, with what the mathematics says of its enrolment.

    Attributes:
        path: the record that holds it, and its index there.
        valid_from: the first instant at which it counts.
        valid_until: the last one, or None.
        statement: SHA-256 of the enrolment statement, in hex.
        possession: its own signature over the enrolment.
        witness: the second person's signature over the enrolment; None for the keys of the genesis.
        fault: why it is no key that a school may use.
    """

    path: str
    index: int
    staff: str
    fingerprint: str | None
    valid_from: datetime
    valid_until: datetime | None
    ending: Ending | None
    statement: str
    possession: SignatureFact
    witness: Vouch | None
    fault: str | None = None

    def valid_at(self, when: datetime) -> bool:
        """Whether it counted at an instant, by its interval alone."""
        return self.valid_from <= when and (self.valid_until is None or when <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Delegation:
    """A signed record by which somebody else certifies for a teacher, for some courses and days.

    Attributes:
        principal: the teacher for whom the substitute acts.
        by: who signed: the teacher, or the executive secretary when the teacher has left.
        reason: why, in the signer's words.
        courses: pairs of term and course.
    """

    path: str
    digest: str
    repository: str
    principal: str
    substitute: str
    by: str
    key_fingerprint: str
    reason: str
    courses: frozenset[tuple[str, str]]
    starts: datetime
    ends: datetime
    issued_at: datetime
    fault: str | None
    signature: SignatureFact | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A coordinator who is not of the genesis, or the end of one who is: signed by two who are coordinators.

    Attributes:
        ends: the last instant, or None while it has no end.
        signed_at: when the two signed; they were coordinators then.
        fault: why its times are none.
    """

    path: str
    staff: str
    starts: datetime
    ends: datetime | None
    signed_at: datetime
    by: tuple[Vouch, ...]
    fault: str | None = None

    def covers(self, when: datetime) -> bool:
        """Whether an instant lies within it."""
        return self.starts <= when and (self.ends is None or when <= self.ends)


@dataclass(frozen=True, slots=True)
class Waiver:
    """That one item may be handed in or certified after its window: the executive secretary's, signed.

    Attributes:
        item: the item's folder below the student's.
        stage: submission or certification.
        until: the last day, Asia/Taipei.
        signed_at: UTC.
        fault: why its time is none.
    """

    path: str
    item: str
    stage: str
    until: date
    signed_at: datetime
    by: Vouch
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A coordinator's word that one mass change may pass the gate.

    Attributes:
        change: SHA-256 of the change, in hex (`policy.overrides.digest`).
        grants: what the change gives, as the signer was told (`policy.rights.Right`); empty for a mass change alone.
        signed_at: UTC.
        fault: why its time is none.
    """

    path: str
    change: str
    signed_at: datetime
    by: Vouch
    fault: str | None = None
    grants: frozenset[str] = frozenset()


def people_of(signed: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    """By path, the people who signed what lies there."""
    by_path: dict[str, frozenset[str]] = {}
    for path, staff in signed:
        by_path[path] = by_path.get(path, frozenset()) | {staff}
    return by_path


@dataclass(frozen=True)
class Trust:
    """The school's trust root: what names the repository, whose keys are whose, who acts for whom.

    Attributes:
        repository: SHA-256 of the genesis record's bytes, in hex; None without a genesis.
        demo: keys derive from a seed that everybody knows.
        coordinators: those of the genesis: staff id → fingerprint of the genesis key.
        appointments: later coordinators, and ends of those of the genesis.
        allowed_signers: the file as it is, and as it follows from the keys.
    """

    repository: str | None = None
    demo: bool = False
    coordinators: Mapping[str, str] = field(default_factory=dict)
    appointments: tuple[Appointment, ...] = ()
    keys: tuple[Key, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    overrides: tuple[Override, ...] = ()
    allowed_signers: str = ""
    allowed_signers_expected: str = ""

    @cached_property
    def signers(self) -> Mapping[str, frozenset[str]]:
        """Who signed the delegation or the override at a path."""
        delegated = [(delegation.path, delegation.by) for delegation in self.delegations]
        overridden = [(override.path, override.by.staff) for override in self.overrides]
        return people_of((*delegated, *overridden))

    def keys_of(self, staff: str) -> tuple[Key, ...]:
        """All keys that a person has or had."""
        return tuple(key for key in self.keys if key.staff == staff)

    def delegation(self, digest: str) -> Delegation | None:
        """The delegation of that digest."""
        return next((found for found in self.delegations if found.digest == digest), None)
