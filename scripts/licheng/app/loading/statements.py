"""What people sign of keys, offices, waivers, omissions and changes, as values and in exact bytes, verified elsewhere.

A statement's fields bear the names that records give them, so that a record says what was signed. Times and days are
texts as they are written there: what was signed is what is read, even where it is no day of the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

from licheng.signing.canonical import encode

S = TypeVar("S", bound="Statement")


@dataclass(frozen=True)
class Statement:
    """What is signed of a record: its fields, under the statement's type."""

    TYPE: ClassVar[str]

    @classmethod
    def of(cls: type[S], payload: Mapping[str, Any]) -> S:
        """Read a statement from its payload, or from a record that holds the same fields and others.

        Raises:
            ValueError: it is a payload of another type.
            KeyError: a field is missing.
        """
        if payload.get("_type", cls.TYPE) != cls.TYPE:
            raise ValueError(f"{payload['_type']} is no {cls.TYPE}")
        names = {field.name: _name(field.name) for field in fields(cls)}
        optional = {field.name for field in fields(cls) if field.default is None}
        values = {own: payload[name] for own, name in names.items() if own not in optional or name in payload}
        return cls(**{own: tuple(value) if isinstance(value, list) else value for own, value in values.items()})

    def payload(self) -> dict[str, Any]:
        """The way back: what is signed, as the value of its canonical bytes; what is not said is left out."""
        values = {_name(field.name): getattr(self, field.name) for field in fields(self)}
        stated = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        return {"_type": self.TYPE} | {name: value for name, value in stated.items() if value is not None}

    def encoded(self) -> bytes:
        """The bytes that are signed."""
        return encode(self.payload())


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


def enrolment_statement(repository: str, staff: str, public_key: str, valid_from: str) -> bytes:
    """The statement that a new key's holder and a witness sign, in its exact bytes."""
    return EnrolmentStatement(repository, staff, public_key, valid_from).encoded()


def ending_statement(repository: str, staff: str, public_key: str, ended: Mapping[str, Any]) -> bytes:
    """The statement that a second person signs when a key ends, in its exact bytes.

    Args:
        repository: the school.
        staff: whose key.
        public_key: which.
        ended: `at`, `reason`, `payloads`, and `since` where it was compromised.
    """
    return EndingStatement.of({**ended, "repository": repository, "staff": staff, "public_key": public_key}).encoded()


def appointment_statement(repository: str, staff: str, appointed: Mapping[str, Any]) -> bytes:
    """The statement that two coordinators sign to appoint another, in its exact bytes.

    Args:
        repository: the school.
        staff: who is appointed.
        appointed: `from`, `signed_at`, and `until` where it has an end.
    """
    return AppointmentStatement.of({**appointed, "repository": repository, "staff": staff}).encoded()


def waiver_statement(repository: str, student: str, data: Mapping[str, Any]) -> bytes:
    """The statement that the executive secretary signs for a waiver, in its exact bytes."""
    return WaiverStatement.of({**data, "repository": repository, "student": student}).encoded()


def omission_statement(repository: str, term: str, demand: str, data: Mapping[str, Any]) -> bytes:
    """The statement that a training or a meeting was not held, in its exact bytes."""
    return OmissionStatement.of({**data, "repository": repository, "term": term, "demand": demand}).encoded()


def override_statement(repository: str, data: Mapping[str, Any]) -> bytes:
    """The statement that a second person signs to let one change pass, in its exact bytes."""
    return OverrideStatement.of({**data, "repository": repository}).encoded()
