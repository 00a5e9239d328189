"""`licheng keys enrol`: a passkey as the signing page hands it over; it counts for nothing until it is witnessed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.trust.keys import keys_of, planned
from licheng.app.trust.refusing import repository_of
from licheng.core.dates import instant
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.core.statements import PasskeyStatement, StudentPasskeyStatement, enrolment
from licheng.core.trust import KEY_NAMESPACE, Key
from licheng.policy.certification import is_new
from licheng.signing.canonical import encode
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.refusal import Refusal
from licheng.signing.sshsig import parse, verify
from licheng.sources import schemas
from licheng.storage.plan import Plan

MAX_BYTES = 64 * 1024
_NEW = frozenset({"public_key", "passkey", "valid_from", "proof"})  # nothing of a witness, nothing of an end


def enrol(loaded: Loaded, data: bytes, now: datetime, source: str) -> Plan:
    """The plan that writes an enrolment into its holder's record.

    Args:
        loaded: the school.
        data: the answer of the signing page (decision 0017): JSON of `staff`, `repository` and `entry`.
        now: UTC.
        source: how errors call the file.

    Raises:
        UsageError: APP370, it is no enrolment; APP371, it is one of another school, time or signature; APP045, its
            holder is no member of staff; APP046, there is no genesis.
    """
    staff, repository, entry = read_enrolment(data, "staff", "staff-keys", source)
    if staff not in loaded.school.staff:
        raise UsageError("APP045", staff=staff, item="content/school/staff.yaml")
    statement = enrolment(entry, repository=repository, staff=staff)
    assert isinstance(statement, PasskeyStatement)  # noqa: S101 - the entry has `passkey`
    known = loaded.school.trust.keys
    fault = enrolment_fault(statement, entry["proof"], KEY_NAMESPACE, known, loaded.school, now)
    if fault is not None:
        raise UsageError("APP371", path=source, reason=fault)
    return planned(loaded, staff, [*keys_of(loaded.school, staff), entry])


def read_enrolment(data: bytes, holder: str, kind: str, source: str) -> tuple[str, str, dict[str, Any]]:
    """Whose it is, of which repository, and the entry that an answer of the signing page has for a record of a kind.

    Raises:
        UsageError: APP370, it is none.
    """
    try:
        value = json.loads(data.decode()) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UsageError("APP370", path=source, detail="JSON")
    whose, repository, entry = (value.get(name) for name in (holder, "repository", "entry"))
    if not isinstance(whose, str) or not isinstance(repository, str) or not isinstance(entry, dict):
        raise UsageError("APP370", path=source, detail=f"{holder}, repository, entry")
    if set(entry) != _NEW or not schemas.is_valid(kind, {"kind": f"{kind}/v1", "keys": [entry]}):
        raise UsageError("APP370", path=source, detail="entry")
    return whose, repository, entry


def enrolment_fault(
    statement: PasskeyStatement | StudentPasskeyStatement,
    signature: str,
    namespace: str,
    known: Iterable[Key],
    school: School,
    now: datetime,
) -> str | None:
    """Why an enrolment that has its form cannot be of this school, now, by this passkey.

    Raises:
        UsageError: APP046, there is no genesis.
    """
    if statement.repository != repository_of(school):
        return "repository"
    key = parse_public_key(statement.public_key, passkeys=True)
    if not isinstance(key, PublicKey):
        return key.reason.value
    if any(other.fingerprint == key.fingerprint for other in known):
        return "enrolled"
    parsed = parse(signature.encode())
    verdict = parsed if isinstance(parsed, Refusal) else verify(parsed, encode(statement.payload()), namespace)
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
