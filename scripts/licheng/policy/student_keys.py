"""Whether a student's own passkey counts: whole, proved to be hers, and nobody else's (decision 0019).

It is no part of the trust root. That it was witnessed the gate saw to: the record comes to main with the signed
statement of who entered it (KEY006).
"""

from __future__ import annotations

from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import Key


def fault(key: Key, student: Student, school: School) -> str | None:
    """Why a key of a student counts for nothing, or None."""
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
