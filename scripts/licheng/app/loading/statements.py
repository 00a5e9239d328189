"""What people sign about keys, offices, waivers and changes, in its exact bytes; nothing is verified here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licheng.signing.canonical import Json, encode


def enrolment_statement(repository: str, staff: str, public_key: str, valid_from: str) -> bytes:
    """The statement that a new key's holder and a witness sign, in its exact bytes."""
    value: Json = {
        "_type": "key-enrolment/v1",
        "public_key": public_key,
        "repository": repository,
        "staff": staff,
        "valid_from": valid_from,
    }
    return encode(value)


def ending_statement(repository: str, staff: str, public_key: str, ended: Mapping[str, Any]) -> bytes:
    """The statement that a second person signs when a key ends, in its exact bytes.

    Args:
        repository: the school.
        staff: whose key.
        public_key: which.
        ended: `at`, `reason`, `payloads`, and `since` where it was compromised.
    """
    said = {name: ended[name] for name in ("at", "reason", "since", "payloads") if name in ended}
    return encode({"_type": "key-ending/v1", "public_key": public_key, "repository": repository, "staff": staff} | said)


def appointment_statement(repository: str, staff: str, appointed: Mapping[str, Any]) -> bytes:
    """The statement that two coordinators sign to appoint another, in its exact bytes.

    Args:
        repository: the school.
        staff: who is appointed.
        appointed: `from`, `signed_at`, and `until` where it has an end.
    """
    said = {name: appointed[name] for name in ("from", "until", "signed_at") if name in appointed}
    return encode({"_type": "coordinator-appointment/v1", "repository": repository, "staff": staff} | said)


def waiver_statement(repository: str, student: str, data: Mapping[str, Any]) -> bytes:
    """The statement that the executive secretary signs for a waiver, in its exact bytes."""
    said = {name: data[name] for name in ("item", "stage", "reason", "by", "on", "until", "signed_at")}
    return encode({"_type": "waiver/v1", "repository": repository, "student": student} | said)


def override_statement(repository: str, data: Mapping[str, Any]) -> bytes:
    """The statement that a second person signs to let one change pass, in its exact bytes.

    What the change gives is told only where it gives something: older statements have no `grants`.
    """
    said = {name: data[name] for name in ("change", "reason", "by", "signed_at", "grants") if name in data}
    return encode({"_type": "override/v1", "repository": repository} | said)
