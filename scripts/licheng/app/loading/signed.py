"""What was signed, from bytes to values: the mathematics is done here, once; everything after it is arithmetic."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from licheng.core.certification import (
    CERTIFICATION_LIST_NAMESPACE,
    CERTIFICATION_NAMESPACE,
    Certification,
    Event,
    SignatureFact,
    SubjectFile,
)
from licheng.core.dates import day, instant, optional_day
from licheng.core.layout import ALLOWED_SIGNERS, BESIDE, home, payload_of
from licheng.core.record import Record, Text
from licheng.core.school import School
from licheng.core.statements import (
    AppointmentStatement,
    ClaimStatement,
    EndingStatement,
    OmissionStatement,
    OverrideStatement,
    Statement,
    StudentPasskeyStatement,
    WaiverStatement,
    enrolment,
)
from licheng.core.trust import (
    CLAIM_NAMESPACE,
    DELEGATION_NAMESPACE,
    KEY_NAMESPACE,
    NAMESPACES,
    OMISSION_NAMESPACE,
    OVERRIDE_NAMESPACE,
    STUDENT_KEY_NAMESPACE,
    WAIVER_NAMESPACE,
    Claim,
    CoordinatorAppointment,
    Delegation,
    Ending,
    Key,
    Omission,
    Override,
    StatedChange,
    Trust,
    Vouch,
    Waiver,
)
from licheng.policy import keys
from licheng.policy.statements import namespace_of
from licheng.signing import lists
from licheng.signing.allowed_signers import AllowedKey, allowed_signers
from licheng.signing.canonical import MAX_BYTES, decode, encode
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.refusal import Reason, Refusal
from licheng.signing.sshsig import parse, verify
from licheng.sources import schemas, text
from licheng.sources.shelf import Shelf

NOT_OF_SCHEMA = "not-of-schema"
HIDDEN = "hidden-character"
NO_PAYLOAD = "no-payload"
NO_STATEMENT = "no-statement"
PASSKEY_TERMS = "passkey-terms"
# Of a statement of a change: a thousand files, each of the longest path.
MOST_STATED_BYTES = 512 << 10


@lru_cache(maxsize=2048)  # of main and of a change of it most signatures are the same
def fact(armored: bytes | None, message: bytes, namespace: str) -> SignatureFact | None:
    """What a signature file says of the bytes it should be of; None where there is none."""
    return _fact(armored, message, namespace)


def _fact(armored: bytes | None, message: bytes, namespace: str) -> SignatureFact | None:
    if armored is None:
        return None
    signature = parse(armored)
    if isinstance(signature, Refusal):
        return SignatureFact(None, signature.reason.value, malformed=True)
    result = verify(signature, message, namespace)
    if isinstance(result, Refusal):
        malformed = result.reason == Reason.OTHER_NAMESPACE
        return SignatureFact(signature.fingerprint, result.reason.value, malformed=malformed)
    return SignatureFact(
        signature.fingerprint, namespace=namespace, origin=result.origin, can_be_copied=result.can_be_copied
    )


def payload(data: bytes, kind: str, limit: int = MAX_BYTES) -> tuple[Mapping[str, Any] | None, str | None]:
    """A signed payload of a kind, or why the bytes are none."""
    value = decode(data, limit)
    if isinstance(value, Refusal):
        return None, value.reason.value
    if not isinstance(value, dict) or not schemas.is_valid(kind, value):
        return None, NOT_OF_SCHEMA
    hidden = text.decode("", data)[1]
    return (None, HIDDEN) if hidden else (value, None)


def events(shelf: Shelf) -> tuple[Event, ...]:
    """The signed decisions on a shelf, in the order of their paths."""
    decisions: list[Event] = []
    for path in _payloads(shelf, "certification"):
        where, data = home(path), shelf.signed.get(path)
        assert where is not None  # noqa: S101 - it is of a kind
        identity = where.identity
        value, fault = payload(data, "certification") if data is not None else (None, NO_PAYLOAD)
        data = data or b""
        read: Certification | None = None
        if value is not None:
            try:
                read = Certification.of(value)
                if list(read.subject) != sorted(set(read.subject)):  # each file once, in order
                    read, fault = None, NOT_OF_SCHEMA
            except ValueError:
                fault = NOT_OF_SCHEMA
        event = Event(
            path=path,
            item=f"terms/{identity['term']}/outputs/{identity['slug']}",
            sequence=int(identity["sequence"]),
            decision=identity["decision"],
            digest=hashlib.sha256(data).hexdigest(),
            payload=read,
            fault=fault,
            signature=_signature(path, data, shelf),
        )
        decisions.append(event)
    return tuple(decisions)


def _payloads(shelf: Shelf, kind: str) -> list[str]:
    """Where payloads of a kind lie, or should lie: a signature may have been left behind."""
    paths = sorted({payload_of(path) for path in shelf.signed} - {ALLOWED_SIGNERS})
    return [path for path in paths if (where := home(path)) is not None and where.kind.name == kind]


def _signature(path: str, data: bytes, shelf: Shelf) -> SignatureFact | None:
    """What a payload's own signature says of it, or that of a list which names it; never both."""
    own, listed, armored = (shelf.signed.get(f"{path}{end}") for end in reversed(BESIDE))
    if listed is None and armored is None:
        return fact(own, data, CERTIFICATION_NAMESPACE)
    if own is not None or listed is None or armored is None:
        return SignatureFact(None, "signed-twice" if own is not None else "half-a-list", malformed=True)
    reason = lists.fault(listed, hashlib.sha256(data).hexdigest())
    if reason is not None:
        return SignatureFact(None, reason.value, malformed=reason is Reason.BAD_LIST)
    return fact(armored, listed, CERTIFICATION_LIST_NAMESPACE)


def words(decisions: Iterable[Event], delegations: Iterable[Delegation] = ()) -> Iterator[Text]:
    """What people wrote into signed files, which like any other text may name nobody."""
    for event in decisions:
        if event.payload is not None and event.payload.reason_text is not None:
            yield Text(event.path, event.payload.reason_text)
    for delegation in delegations:
        yield Text(delegation.path, delegation.reason)


def waiver(record: Record, repository: str) -> Waiver:
    """A waiver from its record."""
    data = record.data
    signed_at, fault = _moment(data["signed_at"])
    statement = WaiverStatement.of(data, repository=repository, student=record.identity["student"])
    by = vouch({"staff": data["by"], "signature": data["signature"]}, statement, WAIVER_NAMESPACE)
    return Waiver(record.path, data["item"], data["stage"], day(data["until"]), signed_at, by, fault)


def claim(record: Record, repository: str) -> Claim:
    """A claim from its record; whose it is and of which output, its path says."""
    data, identity = record.data, record.identity
    item = f"terms/{identity['term']}/outputs/{identity['slug']}"
    signed_at, fault = _moment(data["signed_at"])
    statement = ClaimStatement.of(data, repository=repository, student=identity["student"], item=item)
    return Claim(
        path=record.path,
        item=item,
        platform=data["platform"],
        certified_on=optional_day(data.get("certified_on")),
        inferred=data["basis"] == "inferred",
        is_signed=data["basis"] == "signed",
        subject=tuple(SubjectFile(file["name"], file["size"], file["sha256"]) for file in data["files"]),
        export=data["export"],
        on=day(data["on"]),
        signed_at=signed_at,
        by=vouch({"staff": data["by"], "signature": data["signature"]}, statement, CLAIM_NAMESPACE),
        fault=fault,
    )


def override(record: Record, repository: str) -> Override:
    """An override from its record."""
    data = record.data
    when, fault = _moment(data["signed_at"])
    statement = OverrideStatement.of(data, repository=repository)
    by = vouch({"staff": data["by"], "signature": data["signature"]}, statement, OVERRIDE_NAMESPACE)
    return Override(record.path, data["change"], when, by, fault, frozenset(data.get("grants", ())))


def omission(record: Record, repository: str) -> Omission:
    """An explanation of what was not held, from its record."""
    data, term, demand = record.data, record.term, record.identity["demand"]
    assert term is not None  # noqa: S101 - its path has a term
    when, fault = _moment(data["signed_at"])
    statement = OmissionStatement.of(data, repository=repository, term=str(term), demand=demand)
    by = vouch({"staff": data["by"], "signature": data["signature"]}, statement, OMISSION_NAMESPACE)
    until = day(data["instead_by"])
    return Omission(record.path, term, demand, data["what_happened"], data["instead"], until, when, by, fault)


def _moment(text: str) -> tuple[datetime, str | None]:
    """An instant, or one that never comes, with why."""
    try:
        return instant(text), None
    except ValueError:
        return datetime.max.replace(tzinfo=UTC), "no-such-time"


def vouch(signed: Mapping[str, str], statement: Statement, namespace: str = KEY_NAMESPACE) -> Vouch:
    """What `staff` and `signature` in a record say of a statement."""
    message = encode(statement.payload())
    signature = fact(signed["signature"].encode(), message, namespace) or SignatureFact(None, "missing")
    return Vouch(signed["staff"], hashlib.sha256(message).hexdigest(), signature)


def read_trust(school: School, shelf: Shelf) -> Trust:
    """The school's trust root from its records and what is signed beside them."""
    genesis = school.one("genesis")
    repository = hashlib.sha256(genesis.text.encode()).hexdigest() if genesis is not None else None
    coordinators = genesis.data["coordinators"] if genesis is not None else ()
    trust = Trust(
        repository=repository,
        demo=genesis is not None and genesis.data["demo"],
        coordinators={entry["staff"]: entry["fingerprint"] for entry in coordinators},
        keys=tuple(key for record in school.of("staff-keys") for key in _keys(record, repository or "")),
        appointments=tuple(_appointment(record, repository or "") for record in school.of("coordinator")),
        delegations=tuple(
            _delegation(path, shelf.signed.get(path), shelf.signed.get(f"{path}.sig"))
            for path in _payloads(shelf, "delegation")
        ),
        overrides=tuple(override(record, repository or "") for record in school.of("override")),
        omissions=tuple(omission(record, repository or "") for record in school.of("omission")),
        allowed_signers=shelf.signed.get(ALLOWED_SIGNERS, b"").decode("utf-8", "replace"),
    )
    return replace(trust, allowed_signers_expected=expected_signers(replace(school, trust=trust)))


def _keys(record: Record, repository: str) -> Iterator[Key]:
    staff = record.identity["staff"]
    for index, entry in enumerate(record.data["keys"]):
        public, terms = parse_public_key(entry["public_key"], passkeys=True), entry.get("passkey")
        statement = enrolment(entry, repository=repository, staff=staff)
        message = encode(statement.payload())
        witness = entry.get("witness")
        ending = bad_time = None
        try:
            starts = instant(entry["valid_from"])
            until = instant(entry["valid_until"]) if "valid_until" in entry else None
            if (ended := entry.get("ended")) is not None:
                stated = EndingStatement.of(ended, repository=repository, staff=staff, public_key=entry["public_key"])
                by = vouch(ended["by"], stated)
                ending = Ending(instant(ended["at"]), ended["reason"], frozenset(ended["payloads"]), by)
        except ValueError:  # it never begins
            starts, until, ending, bad_time = datetime.max.replace(tzinfo=UTC), None, None, "no-such-time"
        fault = bad_time
        if isinstance(public, Refusal):
            fault = public.reason.value
        elif public.application != (terms["application"] if terms is not None else None):
            fault = PASSKEY_TERMS  # the key and what the record says of it do not belong together
        yield Key(
            path=record.path,
            index=index,
            staff=staff,
            fingerprint=public.fingerprint if isinstance(public, PublicKey) else None,
            valid_from=starts,
            valid_until=until,
            ending=ending,
            statement=hashlib.sha256(message).hexdigest(),
            possession=fact(entry["proof"].encode(), message, KEY_NAMESPACE) or SignatureFact(None, "missing"),
            witness=vouch(witness, statement) if witness is not None else None,
            fault=fault,
            namespaces=frozenset(terms["namespaces"]) if terms is not None else NAMESPACES,
            origins=frozenset(terms["origins"]) if terms is not None else frozenset(),
        )


def _appointment(record: Record, repository: str) -> CoordinatorAppointment:
    staff, data, fault = record.identity["staff"], record.data, None
    times = [datetime.max.replace(tzinfo=UTC)] * 2
    ends: datetime | None = None
    try:
        times = [instant(data["from"]), instant(data["signed_at"])]
        ends = instant(data["until"]) if "until" in data else None
    except ValueError:
        fault = "no-such-time"
    statement = AppointmentStatement.of(data, repository=repository, staff=staff)
    by = tuple(vouch(signed, statement) for signed in data["signatures"])
    return CoordinatorAppointment(record.path, staff, times[0], ends, times[1], by, fault)


def _delegation(path: str, data: bytes | None, armored: bytes | None) -> Delegation:
    value, fault = payload(data, "delegation") if data is not None else (None, NO_PAYLOAD)
    data = data or b""
    digest, signature = hashlib.sha256(data).hexdigest(), fact(armored, data, DELEGATION_NAMESPACE)
    predicate: Mapping[str, Any] = value["predicate"] if value is not None else _UNREAD
    try:
        return Delegation.of({"predicate": predicate}, path=path, digest=digest, signature=signature, fault=fault)
    except ValueError:
        never = {"predicate": {**predicate, **_NEVER}}
        return Delegation.of(never, path=path, digest=digest, signature=signature, fault=NOT_OF_SCHEMA)


# What stands for a delegation that cannot be read, and for times that are none: it never begins.
_NEVER_AT = datetime.max.replace(tzinfo=UTC)
_NEVER = dict.fromkeys(("starts", "ends", "issued_at"), "9999-12-31T23:59:59Z")
_UNREAD: Mapping[str, Any] = {
    **dict.fromkeys(("repository", "principal", "substitute", "by", "key_fingerprint", "reason"), ""),
    "courses": (),
    **_NEVER,
}


def changes(shelf: Shelf) -> tuple[StatedChange, ...]:
    """What staff signed of their changes, of those on a shelf, in the order of paths."""
    return tuple(_stated(path, "change", shelf) for path in _payloads(shelf, "change"))


def hand_ins(shelf: Shelf) -> tuple[StatedChange, ...]:
    """What a student signed of own hand-ins, in the order of paths."""
    return tuple(_stated(path, "hand-in", shelf) for path in _payloads(shelf, "hand-in"))


def _stated(path: str, kind: str, shelf: Shelf) -> StatedChange:
    data = shelf.signed.get(path)
    value, fault = payload(data, kind, MOST_STATED_BYTES) if data is not None else (None, NO_STATEMENT)
    data = data or b""
    change = StatedChange(path, hashlib.sha256(data).hexdigest(), "", "", _NEVER_AT, (), fault)
    if value is not None:
        try:
            change = StatedChange.of(value, path=path, digest=change.digest, signature=None)
        except ValueError:
            change = change._replace(fault=NOT_OF_SCHEMA)
    # Up to half a megabyte each, so not remembered.
    signature = _fact(shelf.signed.get(f"{path}.sig"), data, namespace_of(change))
    return change._replace(signature=signature)


def student_keys(record: Record, repository: str) -> Iterator[Key]:
    """A student's passkeys from their record; who witnessed them signed the record as a whole."""
    student = record.identity["student"]
    for index, entry in enumerate(record.data["keys"]):
        public, terms, ended = (
            parse_public_key(entry["public_key"], passkeys=True),
            entry["passkey"],
            entry.get("ended"),
        )
        statement = StudentPasskeyStatement.of({**entry, **terms}, repository=repository, student=student)
        message = encode(statement.payload())
        starts, fault = _moment(entry["valid_from"])
        until, no_end = _moment(ended["at"]) if ended is not None else (None, None)
        if isinstance(public, Refusal):
            fault = public.reason.value
        elif public.application != terms["application"]:
            fault = PASSKEY_TERMS
        yield Key(
            path=record.path,
            index=index,
            staff=student,
            fingerprint=public.fingerprint if isinstance(public, PublicKey) else None,
            valid_from=starts,
            valid_until=until,
            ending=None,
            statement=hashlib.sha256(message).hexdigest(),
            possession=fact(entry["proof"].encode(), message, STUDENT_KEY_NAMESPACE) or SignatureFact(None, "missing"),
            witness=None,
            fault=fault or no_end,
            namespaces=frozenset(terms["namespaces"]),
            origins=frozenset(terms["origins"]),
        )


def expected_signers(school: School) -> str:
    """`allowed_signers` as it follows from the keys that count: a line each, with its interval and our namespaces."""
    records = {record.path: record for record in school.of("staff-keys")}
    lines = []
    for key in school.trust.keys:
        public = parse_public_key(records[key.path].data["keys"][key.index]["public_key"], passkeys=True)
        ending = key.ending.at if key.ending is not None else None
        ends = min((end for end in (key.valid_until, ending) if end is not None), default=None)
        endures = ends is None or key.valid_from <= ends
        if isinstance(public, PublicKey) and endures and keys.is_enrolled(key, school):
            lines.append(AllowedKey(key.staff, public, key.namespaces, key.valid_from, ends))
    return allowed_signers(lines)
