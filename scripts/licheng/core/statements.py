"""What people sign about keys, offices, waivers, claims, omissions and changes: values of a record or a payload.

A statement's fields bear the names that records give them, so that a record says what was signed. Times and days are
texts as they are written there: what was signed is what is read, even where it is no day of the calendar. What follows
from a statement, with its instants and who signed it, is in `core.trust`; its bytes are those of its payload
(`signing.canonical`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

S = TypeVar("S", bound="Statement")


@dataclass(frozen=True)
class Statement:
    """What is signed of a record: its fields, under the statement's type."""

    TYPE: ClassVar[str]

    @classmethod
    def of(cls: type[S], payload: Mapping[str, Any], **identity: str) -> S:
        """Read a statement from its payload, or from a record that holds the same fields and others.

        Args:
            payload: or the record's data.
            identity: what a record does not repeat: the repository, whose it is.

        Raises:
            ValueError: it is a payload of another type.
            KeyError: a field is missing.
        """
        given = {**payload, **identity}
        if given.get("_type", cls.TYPE) != cls.TYPE:
            raise ValueError(f"{given['_type']} is no {cls.TYPE}")
        names = {field.name: _name(field.name) for field in fields(cls)}
        optional = {field.name for field in fields(cls) if field.default is None}
        values = {own: given[name] for own, name in names.items() if own not in optional or name in given}
        return cls(**{own: tuple(value) if isinstance(value, list) else value for own, value in values.items()})

    def payload(self) -> dict[str, Any]:
        """The way back: what is signed, as the value of its canonical bytes; what is not said is left out."""
        values = {_name(field.name): getattr(self, field.name) for field in fields(self)}
        stated = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        return {"_type": self.TYPE} | {name: value for name, value in stated.items() if value is not None}


def _name(field: str) -> str:
    """`from` is a word of Python's own."""
    return field.rstrip("_")


@dataclass(frozen=True)
class EnrolmentStatement(Statement):
    """That a key is a person's: its holder and a witness sign."""

    TYPE = "key-enrolment/v1"

    repository: str
    staff: str
    public_key: str
    valid_from: str


@dataclass(frozen=True)
class PasskeyStatement(Statement):
    """That a passkey is a person's, and what it is for: its holder and a witness sign.

    Attributes:
        application: the exact host of the page that made it, WebAuthn's RP ID.
        origins: the pages on which it may sign.
        namespaces: what it may sign.
        credential: its id at the authenticator, base64url.
        sentence: which sentence its holder was shown, and in what language.
    """

    TYPE = "passkey-enrolment/v1"

    repository: str
    staff: str
    public_key: str
    valid_from: str
    application: str
    origins: tuple[str, ...]
    namespaces: tuple[str, ...]
    credential: str
    sentence: Mapping[str, str]


@dataclass(frozen=True)
class StudentPasskeyStatement(Statement):
    """That a passkey is a student's, and what it is for: its holder signs; who witnesses signs the whole record."""

    TYPE = "student-passkey-enrolment/v1"

    repository: str
    student: str
    public_key: str
    valid_from: str
    application: str
    origins: tuple[str, ...]
    namespaces: tuple[str, ...]
    credential: str
    sentence: Mapping[str, str]


def enrolment(entry: Mapping[str, Any], *, repository: str, staff: str) -> EnrolmentStatement | PasskeyStatement:
    """What is signed of a key as a record holds it."""
    identity = {"repository": repository, "staff": staff}
    if "passkey" in entry:
        return PasskeyStatement.of({**entry, **entry["passkey"]}, **identity)
    return EnrolmentStatement.of(entry, **identity)


@dataclass(frozen=True)
class EndingStatement(Statement):
    """That a key ends, and what of it still counts: a second person signs.

    Attributes:
        payloads: SHA-256 of what still counts, in hex.
        since: from when it was compromised.
    """

    TYPE = "key-ending/v1"

    repository: str
    staff: str
    public_key: str
    at: str
    reason: str
    payloads: tuple[str, ...]
    since: str | None = None


@dataclass(frozen=True)
class AppointmentStatement(Statement):
    """That somebody is a coordinator: two coordinators sign."""

    TYPE = "coordinator-appointment/v1"

    repository: str
    staff: str
    from_: str
    signed_at: str
    until: str | None = None


@dataclass(frozen=True)
class WaiverStatement(Statement):
    """That an item may be handed in or certified after its window: the executive secretary signs."""

    TYPE = "waiver/v1"

    repository: str
    student: str
    item: str
    stage: str
    reason: str
    by: str
    on: str
    until: str
    signed_at: str


@dataclass(frozen=True)
class OmissionStatement(Statement):
    """That a training or a meeting was not held: the head of the office signs, or the convenor."""

    TYPE = "omission/v1"

    repository: str
    term: str
    demand: str
    what_happened: str
    instead: str
    instead_by: str
    by: str
    signed_at: str


@dataclass(frozen=True)
class ClaimStatement(Statement):
    """That another platform certified an output: the registrar signs what its export says.

    Attributes:
        item: below the student's folder: `terms/113-2/outputs/pendulum`.
        files: the item's files as they are here, and for an attachment as the platform exported it.
        export: SHA-256 of the export, in hex.
    """

    TYPE = "claim/v1"

    repository: str
    student: str
    item: str
    platform: str
    decision: str
    basis: str
    files: tuple[Mapping[str, Any], ...]
    export: str
    by: str
    on: str
    signed_at: str
    certified_on: str | None = None


@dataclass(frozen=True)
class OverrideStatement(Statement):
    """That one change may pass: a second person signs.

    Attributes:
        grants: what the change gives; None where it gives nothing: older statements have no `grants`.
    """

    TYPE = "override/v1"

    repository: str
    change: str
    reason: str
    by: str
    signed_at: str
    grants: tuple[str, ...] | None = None
