"""Whether a statement of a change holds: by itself, and by the keys of who should have signed it.

Of staff those of the trust root, of a student the student's own; neither is ever looked for among the other (decision
0019). What a commit has to do with its statement is in `policy.changes`.
"""

from __future__ import annotations

from datetime import datetime

from licheng.core.dates import TAIPEI
from licheng.core.layout import BY_NAME, home
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.core.trust import CHANGE_NAMESPACE, CONSENT_NAMESPACE, HAND_IN_NAMESPACE, Key, StatedChange
from licheng.policy import keys
from licheng.policy.certification import is_new

# As many files as one statement may name; a schema says so too.
MOST_STATED = 1000


def place(account: str, at: datetime, digest: str) -> str:
    """Where a statement of staff lies: by the school year in which it was signed, Asia/Taipei."""
    year = Term.on(at.astimezone(TAIPEI).date()).year
    return BY_NAME["change"].path(year=str(year), staff=account, digest=digest)


def place_of_hand_in(student: Student, digest: str) -> str:
    """Where a student's statement lies: with all else that is theirs."""
    return BY_NAME["hand-in"].path(cohort=str(student.cohort), student=student.id, digest=digest)


def namespace_of(change: StatedChange) -> str:
    """For what a statement is signed: staff's for their changes, a student's for consent or any other hand-in."""
    if not change.of_student:
        return CHANGE_NAMESPACE
    kinds = (where.kind.name for entry in change.entries if (where := home(entry.path)) is not None)
    return CONSENT_NAMESPACE if "release-consent" in kinds else HAND_IN_NAMESPACE


def fault(change: StatedChange, school: School, student: Student | None = None) -> str | None:
    """Why a statement counts for nothing, or None.

    Args:
        change: the statement.
        school: with the keys of staff.
        student: whose it should be, with the student's own keys; of a statement of staff, None.
    """
    if change.fault is not None:
        return change.fault
    own = place(change.account, change.at, change.digest)
    if change.path != (place_of_hand_in(student, change.digest) if student is not None else own):
        return "other-place"
    if student is not None and change.account != student.id:
        return "other-student"
    if list(change.entries) != sorted({entry.path: entry for entry in change.entries}.values()):
        return "not-of-schema"  # each file once, in order
    if change.signature is None or change.signature.fault is not None:
        return "signature"
    if change.repository != school.trust.repository:
        return "repository"
    if change.at.astimezone(TAIPEI).date() > school.today:
        return "ahead"
    known = _makers(change, school, student)
    return None if any(keys.in_time(key, change.digest, change.at) for key in known) else "key"


def _makers(change: StatedChange, school: School, student: Student | None) -> list[Key]:
    """The keys that made a statement and were rightly enrolled: of a student only own ones, of staff never those."""
    if student is None:
        mine = (key for key in school.trust.keys_of(change.account) if keys.is_enrolled(key, school))
    else:
        mine = (key for key in student.keys if fault_of_key(key, student, school) is None)
    return [key for key in mine if key.made(change.signature)]


def is_of_now(change: StatedChange, school: School, now: datetime, student: Student | None = None) -> bool:
    """Whether a statement that main does not hold yet is lately signed, by a key that counts now."""
    return is_new(change.at, now) and has_key(change, school, now, student)


def has_key(change: StatedChange, school: School, now: datetime, student: Student | None = None) -> bool:
    """Whether a key that made a statement counts now."""
    return any(key.ended_at is None and key.valid_at(now) for key in _makers(change, school, student))


def fault_of_key(key: Key, student: Student, school: School) -> str | None:
    """Why a student's own passkey counts for nothing, or None: broken, not proved to be hers, or somebody else's too.

    That it was witnessed the gate saw to: it comes to main with the signed statement of who entered it (KEY006).
    """
    if key.fault is not None:
        return key.fault
    possession = key.possession
    if possession.fault is not None or possession.fingerprint != key.fingerprint:
        return "proof"
    if possession.origin not in key.origins:  # proved on a page on which it may not sign
        return "proof"
    if any(other.fingerprint == key.fingerprint for other in school.trust.keys):
        return "of-staff"
    if any(other.fingerprint == key.fingerprint and other.index < key.index for other in student.keys):
        return "enrolled"
    return None
