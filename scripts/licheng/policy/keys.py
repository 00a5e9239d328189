"""Whether a key counts: enrolled by two people, valid at the time, and not ended without listing what it signed."""

from __future__ import annotations

from datetime import datetime

from licheng.core.certification import Key
from licheng.core.school import School


def counts(key: Key, digest: str, at: datetime, school: School) -> bool:
    """Whether what a key signed counts.

    Args:
        key: which.
        digest: SHA-256 of the signed bytes, in hex; of an ended key only the listed ones count.
        at: when it says that it was signed.
        school: the other keys, and who is a coordinator.
    """
    return is_enrolled(key, school) and in_time(key, digest, at)


def in_time(key: Key, digest: str, at: datetime) -> bool:
    """Whether the key was valid at an instant, and if it has ended, lists the digest; it cannot backdate."""
    if key.ending is not None and (digest not in key.ending.payloads or at > key.ending.at):
        return False
    return key.valid_at(at)


def is_enrolled(key: Key, school: School) -> bool:
    """Whether a key was enrolled as it must be."""
    return fault(key, school) is None


def fault(key: Key, school: School) -> str | None:
    """Why a key counts for nothing: it is unusable, nobody proved to hold it, or nobody else vouched for it."""
    return _fault(key, school, frozenset())


def _fault(key: Key, school: School, asked: frozenset[tuple[str, int]]) -> str | None:
    if key.fault is not None:
        return "KEY003"
    if key.possession.fault is not None or key.possession.fingerprint != key.fingerprint:
        return "KEY001"
    if (school.trust.coordinators or {}).get(key.staff) == key.fingerprint:
        return None  # a key of the genesis is the root of trust itself
    return None if _witnessed(key, school, asked | {(key.path, key.index)}) else "KEY002"


def _witnessed(key: Key, school: School, asked: frozenset[tuple[str, int]]) -> bool:
    """A second person, who is a coordinator, signed the enrolment with a key that itself counts; no circle of keys."""
    if key.witness is None:
        return False
    who, signature = key.witness
    if who == key.staff or who not in (school.trust.coordinators or {}) or signature.fault is not None:
        return False
    return any(
        other.fingerprint == signature.fingerprint
        and (other.path, other.index) not in asked
        and in_time(other, key.statement, key.valid_from)
        and _fault(other, school, asked) is None
        for other in school.trust.keys_of(who)
    )
