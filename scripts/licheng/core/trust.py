"""The root of trust as values: keys and their ends, what people have signed with them, and who signed it.

Nothing here verifies anything; what a certification says is in `core.certification`. Times are UTC, aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from licheng.core.certification import (
    CERTIFICATION_LIST_NAMESPACE,
    CERTIFICATION_NAMESPACE,
    STATEMENT_TYPE,
    SignatureFact,
    SubjectFile,
)
from licheng.core.dates import instant, written
from licheng.core.term import Term

DELEGATION_TYPE = "delegation/v1"
CHANGE_TYPE = "change/v1"
HAND_IN_TYPE = "hand-in/v1"

# One namespace for each kind of signed thing, never `git`; `.invalid` belongs to nobody (RFC 2606).
DELEGATION_NAMESPACE = "delegation@licheng.invalid"
KEY_NAMESPACE = "key@licheng.invalid"
WAIVER_NAMESPACE = "waiver@licheng.invalid"
OVERRIDE_NAMESPACE = "override@licheng.invalid"
OMISSION_NAMESPACE = "omission@licheng.invalid"
CLAIM_NAMESPACE = "claim@licheng.invalid"
CHANGE_NAMESPACE = "change@licheng.invalid"
STUDENT_KEY_NAMESPACE = "student-key@licheng.invalid"
HAND_IN_NAMESPACE = "student-hand-in@licheng.invalid"
CONSENT_NAMESPACE = "student-consent@licheng.invalid"
NAMESPACES = frozenset(
    {
        CERTIFICATION_NAMESPACE,
        DELEGATION_NAMESPACE,
        KEY_NAMESPACE,
        WAIVER_NAMESPACE,
        OVERRIDE_NAMESPACE,
        OMISSION_NAMESPACE,
        CLAIM_NAMESPACE,
    }
)
# What passkeys may sign: never what only a coordinator signs, whose key is no passkey.
PASSKEY_NAMESPACES = frozenset(
    {
        CERTIFICATION_NAMESPACE,
        CERTIFICATION_LIST_NAMESPACE,
        CHANGE_NAMESPACE,
        DELEGATION_NAMESPACE,
        WAIVER_NAMESPACE,
        OMISSION_NAMESPACE,
    }
)
# What a student's passkey may sign, and nobody else's key; none of it is anything that staff sign.
STUDENT_NAMESPACES = frozenset({HAND_IN_NAMESPACE, CONSENT_NAMESPACE})


class Vouch(NamedTuple):
    """A person's signature over a statement that a record makes.

    Attributes:
        staff: who signed.
        statement: SHA-256 of the statement's bytes, in hex.
        signature: what is known of the signature.
    """

    staff: str
    statement: str
    signature: SignatureFact


class Ending(NamedTuple):
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
    """A staff member's key, or a student's, with what the mathematics says of its enrolment.

    Attributes:
        path: the record that holds it, and its index there.
        staff: whose it is: a member of staff; in `Student.keys` the student.
        valid_from: the first instant at which it counts.
        valid_until: the last one, or None.
        statement: SHA-256 of the enrolment statement, in hex.
        possession: its own signature over the enrolment.
        witness: the second person's signature over the enrolment; None for the keys of the genesis and of students.
        fault: why it is no key that a school may use.
        namespaces: for what it may sign.
        origins: the pages on which it may sign; empty of all but a passkey.
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
    namespaces: frozenset[str] = NAMESPACES
    origins: frozenset[str] = frozenset()

    def valid_at(self, when: datetime) -> bool:
        """Whether it counted at an instant, by its interval alone."""
        return self.valid_from <= when and (self.valid_until is None or when <= self.valid_until)

    @property
    def ended_at(self) -> datetime | None:
        """When somebody said that it is used no more; of a student's, whose end needs no list, its last instant."""
        if self.ending is not None:
            return self.ending.at
        return self.valid_until if self.staff.startswith("s") else None

    @property
    def is_passkey(self) -> bool:
        """Whether it signs in a browser only."""
        return bool(self.origins)

    def made(self, signature: SignatureFact | None) -> bool:
        """Whether a signature is right, of this key, for what it may sign and on a page where it may."""
        if signature is None or signature.fault is not None or signature.fingerprint != self.fingerprint:
            return False
        return signature.namespace in self.namespaces and signature.origin in (self.origins or {None})


class Delegation(NamedTuple):
    """A signed record by which somebody else certifies for a teacher, for some courses and days.

    Attributes:
        principal: the teacher for whom the substitute acts.
        by: who signed: the teacher, or the executive secretary when the teacher has left.
        reason: why, in the signer's words.
        courses: pairs of term and course, in the order that was signed.
    """

    path: str
    digest: str
    repository: str
    principal: str
    substitute: str
    by: str
    key_fingerprint: str
    reason: str
    courses: tuple[tuple[str, str], ...]
    starts: datetime
    ends: datetime
    issued_at: datetime
    fault: str | None
    signature: SignatureFact | None

    @classmethod
    def of(
        cls,
        payload: Mapping[str, Any],
        *,
        path: str,
        digest: str,
        signature: SignatureFact | None,
        fault: str | None = None,
    ) -> Delegation:
        """Read a payload that is of its schema, which lies at a path.

        Raises:
            ValueError: a time is not of the calendar.
        """
        predicate = payload["predicate"]
        names = ("repository", "principal", "substitute", "by", "key_fingerprint", "reason")
        return cls(
            path=path,
            digest=digest,
            fault=fault,
            signature=signature,
            **{name: predicate[name] for name in names},
            courses=tuple((pair["term"], pair["course"]) for pair in predicate["courses"]),
            starts=instant(predicate["starts"]),
            ends=instant(predicate["ends"]),
            issued_at=instant(predicate["issued_at"]),
        )

    def payload(self) -> dict[str, Any]:
        """The way back: what is signed, as the value of its canonical bytes."""
        predicate = {
            "repository": self.repository,
            "principal": self.principal,
            "substitute": self.substitute,
            "by": self.by,
            "key_fingerprint": self.key_fingerprint,
            "courses": [{"term": term, "course": course} for term, course in self.courses],
            "starts": written(self.starts),
            "ends": written(self.ends),
            "reason": self.reason,
            "issued_at": written(self.issued_at),
        }
        return {"_type": STATEMENT_TYPE, "predicateType": DELEGATION_TYPE, "predicate": predicate}


class StatedPath(NamedTuple):
    """What a change does to one file: SHA-256 in hex of its bytes in the tree; None where there is no file."""

    path: str
    before: str | None
    after: str | None


class StatedChange(NamedTuple):
    """A signed statement of what one commit does.

    One of the staff's, by which an intake account may bring it, or a student's own of what she hands in.

    Attributes:
        digest: SHA-256 of the payload's bytes, in hex.
        account: whose change it is, and who signed.
        at: when, UTC.
        entries: every file that the commit touches but for the statement's own two, in the order of paths.
    """

    path: str
    digest: str
    repository: str
    account: str
    at: datetime
    entries: tuple[StatedPath, ...]
    fault: str | None = None
    signature: SignatureFact | None = None

    @classmethod
    def of(
        cls,
        payload: Mapping[str, Any],
        *,
        path: str,
        digest: str,
        signature: SignatureFact | None,
    ) -> StatedChange:
        """Read a payload that is of its schema, which lies at a path.

        Raises:
            ValueError: the time is not of the calendar.
        """
        entries = tuple(StatedPath(entry["path"], entry["before"], entry["after"]) for entry in payload["paths"])
        about = (payload["repository"], payload["account"], instant(payload["at"]))
        return cls(path, digest, *about, entries, signature=signature)

    @property
    def of_student(self) -> bool:
        """Whether it is a student's of a hand-in, and none of the staff's."""
        return self.account.startswith("s")

    def payload(self) -> dict[str, Any]:
        """The way back: what is signed, as the value of its canonical bytes."""
        return {
            "_type": HAND_IN_TYPE if self.of_student else CHANGE_TYPE,
            "repository": self.repository,
            "account": self.account,
            "at": written(self.at),
            "paths": [entry._asdict() for entry in self.entries],
        }


class CoordinatorAppointment(NamedTuple):
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


class Waiver(NamedTuple):
    """That one item may be handed in, certified or selected after its window: the executive secretary's, signed.

    Attributes:
        item: the item's folder below the student's; of a selection its file, without the extension.
        stage: submission, certification or selection.
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


class Claim(NamedTuple):
    """That another platform certified an output before the school began here: the registrar's word, signed.

    Attributes:
        item: the output's folder below the student's, by the path of the claim.
        platform: its id in the school's list.
        certified_on: the day of the certification there, Asia/Taipei; None where the export does not say.
        inferred: the export says it only by a code whose meaning is inferred.
        is_signed: the other school's teachers signed it, and their keys were those that are enrolled here.
        subject: the output's files as they were when it was claimed.
        export: SHA-256 of the platform's export, in hex.
        on: the day of the record, Asia/Taipei.
        signed_at: UTC.
        fault: why its time is none.
    """

    path: str
    item: str
    platform: str
    certified_on: date | None
    inferred: bool
    is_signed: bool
    subject: tuple[SubjectFile, ...]
    export: str
    on: date
    signed_at: datetime
    by: Vouch
    fault: str | None = None


class Override(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class Omission:
    """That a training or a meeting of a term was not held, and what was done instead: the word of who had to hold it.

    Attributes:
        demand: an audience of 陸, or `meeting` of 伍.四.
        what_happened: in the signer's words.
        instead: what was done instead, or will be.
        instead_by: until when, Asia/Taipei.
        signed_at: UTC.
        fault: why its time is none.
    """

    path: str
    term: Term
    demand: str
    what_happened: str
    instead: str
    instead_by: date
    signed_at: datetime
    by: Vouch
    fault: str | None = None


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
        changes: what staff signed of their changes, of those that somebody asked for; a school has many.
        allowed_signers: the file as it is, and as it follows from the keys.
    """

    repository: str | None = None
    demo: bool = False
    coordinators: Mapping[str, str] = field(default_factory=dict)
    appointments: tuple[CoordinatorAppointment, ...] = ()
    keys: tuple[Key, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    overrides: tuple[Override, ...] = ()
    omissions: tuple[Omission, ...] = ()
    changes: tuple[StatedChange, ...] = ()
    allowed_signers: str = ""
    allowed_signers_expected: str = ""

    @cached_property
    def signers(self) -> Mapping[str, frozenset[str]]:
        """Who signed the delegation, the override, the omission or the statement of a change at a path."""
        delegated = [(delegation.path, delegation.by) for delegation in self.delegations]
        overridden = [(override.path, override.by.staff) for override in self.overrides]
        omitted = [(omission.path, omission.by.staff) for omission in self.omissions]
        stated = [(change.path, change.account) for change in self.changes]
        return people_of((*delegated, *overridden, *omitted, *stated))

    def keys_of(self, staff: str) -> tuple[Key, ...]:
        """All keys that a person has or had."""
        return tuple(key for key in self.keys if key.staff == staff)

    def delegation(self, digest: str) -> Delegation | None:
        """The delegation of that digest."""
        return next((delegation for delegation in self.delegations if delegation.digest == digest), None)
