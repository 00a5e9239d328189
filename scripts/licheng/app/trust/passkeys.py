"""`licheng keys enrol`: a passkey as the signing page hands it over; it counts for nothing until it is witnessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.trust.keys import keys_of, planned
from licheng.app.trust.refusing import repository_of
from licheng.core.dates import instant
from licheng.core.errors import UsageError
from licheng.core.statements import PasskeyStatement
from licheng.core.trust import KEY_NAMESPACE
from licheng.policy.certification import is_new
from licheng.signing.canonical import encode
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.refusal import Refusal
from licheng.signing.sshsig import parse, verify
from licheng.sources import schemas
from licheng.storage.plan import Plan

MAX_BYTES = 64 * 1024
_TERMS = ("application", "origins", "namespaces", "credential", "sentence")


def enrol(loaded: Loaded, data: bytes, now: datetime, source: str) -> Plan:
    """The plan that writes an enrolment into its holder's record.

    Args:
        loaded: the school.
        data: the file of the signing page: JSON of `statement` and `signature`.
        now: UTC.
        source: how errors call the file.

    Raises:
        UsageError: APP370, it is no enrolment; APP371, it is one of another school, time or signature; APP045, its
            holder is no member of staff; APP046, there is no genesis.
    """
    stated, signature = _read(data, source)
    statement = PasskeyStatement.of(stated)
    entry = _entry(stated, signature)
    value = {"kind": "staff-keys/v1", "keys": [entry]}
    if statement.payload() != stated or not schemas.is_valid("staff-keys", value):
        raise UsageError("APP370", path=source, detail="statement")
    staff = statement.staff
    if staff not in loaded.school.staff:
        raise UsageError("APP045", staff=staff, item="content/school/staff.yaml")
    fault = _fault(statement, signature, loaded, now)
    if fault is not None:
        raise UsageError("APP371", path=source, reason=fault)
    return planned(loaded, staff, [*keys_of(loaded.school, staff), entry])


def _read(data: bytes, source: str) -> tuple[Mapping[str, Any], str]:
    """The statement and its armored signature."""
    try:
        value = json.loads(data.decode()) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        value = None
    stated, signature = (value.get("statement"), value.get("signature")) if isinstance(value, dict) else (None, None)
    named = {"_type", *(field.name for field in fields(PasskeyStatement))}
    if not isinstance(stated, dict) or not isinstance(signature, str) or set(stated) != named:
        raise UsageError("APP370", path=source, detail="statement, signature")
    if stated["_type"] != PasskeyStatement.TYPE or not isinstance(stated["staff"], str):
        raise UsageError("APP370", path=source, detail=str(stated["_type"])[:60])
    return stated, signature


def _entry(stated: Mapping[str, Any], signature: str) -> dict[str, Any]:
    """What a record holds of it."""
    return {
        "public_key": stated["public_key"],
        "passkey": {name: stated[name] for name in _TERMS},
        "valid_from": stated["valid_from"],
        "proof": signature,
    }


def _fault(statement: PasskeyStatement, signature: str, loaded: Loaded, now: datetime) -> str | None:
    """Why an enrolment that has its form cannot be of this school, now, by this passkey."""
    if statement.repository != repository_of(loaded.school):
        return "repository"
    key = parse_public_key(statement.public_key, passkeys=True)
    if not isinstance(key, PublicKey):
        return key.reason.value
    if any(other.fingerprint == key.fingerprint for other in loaded.school.trust.keys):
        return "enrolled"
    parsed = parse(signature.encode())
    verdict = parsed if isinstance(parsed, Refusal) else verify(parsed, encode(statement.payload()), KEY_NAMESPACE)
    if isinstance(verdict, Refusal):
        return verdict.reason.value
    if verdict.key != key:
        return "other-key"
    if key.application != statement.application or verdict.origin not in statement.origins:
        return "passkey-terms"
    try:
        starts = instant(statement.valid_from)
    except ValueError:
        return "no-such-time"
    return None if is_new(starts, now) else "untimely"
