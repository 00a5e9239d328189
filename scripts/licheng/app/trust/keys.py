"""`licheng keys`: whose key is whose, when a key ends, who is a coordinator.

Every plan that changes a key also rewrites `allowed_signers`, so that the two never disagree.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.loading.signed import expected_signers, read_trust
from licheng.app.trust.refusing import repository_of
from licheng.core.dates import written
from licheng.core.errors import UsageError
from licheng.core.layout import ALLOWED_SIGNERS, BY_NAME
from licheng.core.school import School
from licheng.core.statements import AppointmentStatement, EndingStatement, EnrolmentStatement, Statement, enrolment
from licheng.core.trust import KEY_NAMESPACE, Key
from licheng.policy.keys import appointment_fault, is_coordinator
from licheng.signing.canonical import encode
from licheng.signing.public_key import PublicKey
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.storage.plan import Plan

Sign = Callable[[str, bytes], bytes]

_KIND = BY_NAME["staff-keys"]
_COORDINATOR = BY_NAME["coordinator"]


@dataclass(frozen=True)
class Witness:
    """The second person: a coordinator, and how that person signs."""

    staff: str
    sign: Sign


def _signature(sign: Sign, statement: Statement) -> str:
    return sign(KEY_NAMESPACE, encode(statement.payload())).decode()


def add(
    loaded: Loaded, staff: str, public: PublicKey, valid_from: datetime, prove: Sign, witness: Witness | None
) -> Plan:
    """Enrol a key: its holder proves possession, another person who is a coordinator vouches.

    Without a witness the key is written but counts for nothing until `witnessed` adds one.

    Raises:
        UsageError: APP045, no such member of staff; APP046, no genesis; APP049, the witness is not a second person.
    """
    school = loaded.school
    repository = repository_of(school)
    if staff not in school.staff:
        raise UsageError("APP045", staff=staff, item="content/school/staff.yaml")
    moment = written(valid_from)
    statement = EnrolmentStatement(repository, staff, public.line, moment)
    entry: dict[str, Any] = {
        "public_key": public.line,
        "valid_from": moment,
        "proof": _signature(prove, statement),
    }
    if witness is not None:
        entry["witness"] = _vouched(school, staff, witness, statement, valid_from)
    return planned(loaded, staff, [*keys_of(school, staff), entry])


def witnessed(loaded: Loaded, staff: str, fingerprint: str, witness: Witness) -> Plan:
    """Add the second person's signature to a key that waits for it.

    Raises:
        UsageError: APP047, there is no such key; APP049, the witness is not a second person.
    """
    keys, key = _keys_with(loaded.school, staff, fingerprint)
    entry = keys[key.index]
    statement = enrolment(entry, repository=loaded.school.trust.repository or "", staff=staff)
    entry["witness"] = _vouched(loaded.school, staff, witness, statement, key.valid_from)
    return planned(loaded, staff, keys)


def _vouched(school: School, staff: str, witness: Witness, statement: Statement, at: datetime) -> dict[str, str]:
    if witness.staff == staff or not is_coordinator(witness.staff, at, school):
        raise UsageError("APP049", staff=witness.staff)
    return {"staff": witness.staff, "signature": _signature(witness.sign, statement)}


def end(
    loaded: Loaded,
    staff: str,
    fingerprint: str,
    reason: str,
    at: datetime,
    second: Witness,
    since: datetime | None = None,
) -> Plan:
    """End a key: what it signed and this repository holds is listed, and only that counts afterwards.

    Args:
        loaded: the school and its students.
        staff: whose key.
        fingerprint: which.
        reason: retired, lost or compromised.
        at: the last instant at which it counts.
        second: the coordinator who signs the list.
        since: if compromised, only what was signed before counts.

    Raises:
        UsageError: APP047, there is no such key; APP049, who signs is not a second person.
    """
    keys, key = _keys_with(loaded.school, staff, fingerprint)
    listed = {
        signature.digest
        for signature in loaded.signatures()
        if (signature.staff, signature.fingerprint) == (staff, fingerprint) and (since is None or signature.at < since)
    }
    ended: dict[str, Any] = {"at": written(at), "reason": reason}
    if since is not None:
        ended["since"] = written(since)
    ended["payloads"] = sorted(listed)
    _sign_ending(loaded.school, staff, keys[key.index], ended, second, at)
    return planned(loaded, staff, keys)


def _sign_ending(
    school: School, staff: str, entry: dict[str, Any], ended: dict[str, Any], second: Witness, at: datetime
) -> None:
    repository, public_key = school.trust.repository or "", entry["public_key"]
    statement = EndingStatement.of(ended, repository=repository, staff=staff, public_key=public_key)
    entry["ended"] = ended | {"by": _vouched(school, staff, second, statement, at)}


def reaffirm(loaded: Loaded, staff: str, fingerprint: str, items: Sequence[str], second: Witness) -> Plan:
    """Let decisions of an ended key count again, after a coordinator has looked at each and signs the longer list.

    Raises:
        UsageError: APP047, there is no such ended key; APP049, who signs is not a second person.
    """
    keys, key = _keys_with(loaded.school, staff, fingerprint)
    if key.ending is None:
        raise UsageError("APP047", fingerprint=fingerprint, staff=staff)
    wanted = {loaded.item(item)[1].folder for item in items}
    again = {
        event.digest
        for student in loaded.students()
        for event in student.events
        if f"{student.folder}/{event.item}" in wanted
        and (payload := event.payload) is not None
        and (payload.certifier, payload.key_fingerprint) == (staff, fingerprint)
    }
    ended = keys[key.index]["ended"]
    ended["payloads"] = sorted({*ended["payloads"], *again})
    _sign_ending(loaded.school, staff, keys[key.index], ended, second, key.ending.at)
    return planned(loaded, staff, keys)


def appoint(
    loaded: Loaded, staff: str, starts: datetime, ends: datetime | None, now: datetime, two: Sequence[Witness]
) -> Plan:
    """Make somebody a coordinator, or say until when a coordinator of the genesis is one.

    Raises:
        UsageError: APP045, no such member of staff; APP049, who signs is not a coordinator, or signs twice.
    """
    school, path = loaded.school, _COORDINATOR.path(staff=staff)
    if staff not in school.staff:
        raise UsageError("APP045", staff=staff, item="content/school/staff.yaml")
    data: dict[str, Any] = {"from": written(starts), "signed_at": written(now)}
    if ends is not None:
        data["until"] = written(ends)
    statement = AppointmentStatement.of(data, repository=school.trust.repository or "", staff=staff)
    data["signatures"] = [{"staff": witness.staff, "signature": _signature(witness.sign, statement)} for witness in two]
    text = document(_COORDINATOR, path, {"kind": f"{_COORDINATOR.name}/v1", **data})
    record = record_of(path, text)
    others = tuple(other for other in school.of("coordinator") if other.path != path)
    after = replace(school, records={**school.records, "coordinator": (*others, record)})
    appointments = read_trust(after, loaded.shelf).appointments
    [appointment] = [appointment for appointment in appointments if appointment.path == path]
    after = replace(after, trust=replace(school.trust, appointments=(*school.trust.appointments, appointment)))
    if appointment_fault(appointment, after) is not None:
        raise UsageError("APP049", staff=", ".join(witness.staff for witness in two))
    return _written(loaded, {path: text.encode()})


def keys_of(school: School, staff: str) -> list[dict[str, Any]]:
    """The entries of a person's record, to be changed; none where there is no record."""
    record = next((record for record in school.of("staff-keys") if record.identity["staff"] == staff), None)
    return copy.deepcopy(record.data["keys"]) if record is not None else []


def _keys_with(school: School, staff: str, fingerprint: str) -> tuple[list[dict[str, Any]], Key]:
    key = next((key for key in school.trust.keys_of(staff) if key.fingerprint == fingerprint), None)
    if key is None:
        raise UsageError("APP047", fingerprint=fingerprint, staff=staff)
    return keys_of(school, staff), key


def planned(loaded: Loaded, staff: str, keys: list[dict[str, Any]]) -> Plan:
    """The key record and `allowed_signers` that follows from all records with this one in its place."""
    path = _KIND.path(staff=staff)
    text = document(_KIND, path, {"kind": f"{_KIND.name}/v1", "keys": keys})
    record = record_of(path, text)
    school = loaded.school
    others = tuple(other for other in school.of("staff-keys") if other.path != path)
    after = replace(school, records={**school.records, "staff-keys": (*others, record)})
    lines = read_trust(after, loaded.shelf).allowed_signers_expected
    return _written(loaded, {path: text.encode(), ALLOWED_SIGNERS: lines.encode()})


def signers(loaded: Loaded) -> Plan:
    """`allowed_signers` anew, from the records as they are."""
    return _written(loaded, {ALLOWED_SIGNERS: expected_signers(loaded.school).encode()})


def _written(loaded: Loaded, files: dict[str, bytes]) -> Plan:
    """Creates what is not there yet, replaces what is and differs."""
    there = {path: next(iter(loaded.tree.entries(path)), None) for path in files}
    return Plan(
        creates={path: data for path, data in files.items() if there[path] is None},
        replaces={
            path: (before, data)
            for path, data in files.items()
            if (entry := there[path]) is not None and (before := loaded.tree.read(entry)) != data
        },
    )
