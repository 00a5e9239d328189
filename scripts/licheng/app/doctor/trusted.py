"""The root of trust: the genesis, two coordinators who can act, keys that end soon, the file that OpenSSH reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.school import School
from licheng.core.trust import Key
from licheng.policy import keys

SOON = timedelta(days=30)
TWO = 2  # a new key needs its holder and another person


def examine(school: School, now: datetime) -> Iterator[Diagnosis]:
    """Genesis, coordinators, keys, `allowed_signers`."""
    if school.trust.repository is None:
        yield Diagnosis("DOC010", Health.WRONG)
        return
    yield Diagnosis("DOC010", Health.OK, {"repository": school.trust.repository[:12]})
    # Whether two people at least can enrol somebody else's key, and of the genesis who has yet to prove theirs.
    able = sorted(
        staff
        for staff in school.staff
        if keys.is_coordinator(staff, now, school)
        and any(_in_force(key, school, now) for key in school.trust.keys_of(staff))
    )
    values = {"able": ", ".join(able) or "-", "count": str(len(able))}
    yield Diagnosis("DOC011", Health.OK if len(able) >= TWO else Health.WRONG, values)
    for staff in sorted(school.trust.coordinators):
        if not school.trust.keys_of(staff):
            yield Diagnosis("DOC014", Health.WRONG, {"staff": staff})
    soon = sorted(
        f"{key.staff} {key.valid_until:%Y-%m-%d}"
        for key in school.trust.keys
        if key.valid_until is not None and key.valid_until <= now + SOON and _in_force(key, school, now)
    )
    yield Diagnosis("DOC012", Health.NOTICE if soon else Health.OK, {"keys": ", ".join(soon), "days": str(SOON.days)})
    drifted = school.trust.allowed_signers != school.trust.allowed_signers_expected
    yield Diagnosis("DOC013", Health.WRONG if drifted else Health.OK)


def _in_force(key: Key, school: School, now: datetime) -> bool:
    return key.ending is None and key.valid_at(now) and keys.is_enrolled(key, school)
