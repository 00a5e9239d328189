"""`licheng delegate`: who certifies for a teacher, for some courses and days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from licheng.app.loading.load import Loaded
from licheng.app.loading.signed import read_trust
from licheng.app.trust.keys import Sign
from licheng.app.trust.refusing import repository_of, worthless
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME
from licheng.core.trust import DELEGATION_NAMESPACE, Delegation
from licheng.policy.delegations import is_invalid, senseless
from licheng.signing.canonical import encode
from licheng.sources.shelf import Shelf
from licheng.storage.plan import Plan


def delegate(
    loaded: Loaded,
    slug: str,
    *,
    principal: str,
    substitute: str,
    by: str,
    fingerprint: str,
    courses: Iterable[tuple[str, str]],
    starts: datetime,
    ends: datetime,
    reason: str,
    now: datetime,
    sign: Sign,
) -> Plan:
    """A delegation, signed by the teacher, or by the executive secretary when the teacher has left.

    Raises:
        UsageError: APP042, it would count for nothing; APP046, there is no genesis; DLG002 to DLG006, it would
            mean nothing.
    """
    repository = repository_of(loaded.school)
    path = BY_NAME["delegation"].path(slug=slug)
    data = encode(
        Delegation(
            path=path,
            digest="",
            repository=repository,
            principal=principal,
            substitute=substitute,
            by=by,
            key_fingerprint=fingerprint,
            reason=reason,
            courses=tuple(sorted(courses)),
            starts=starts,
            ends=ends,
            issued_at=now,
            fault=None,
            signature=None,
        ).payload()
    )
    armored = sign(DELEGATION_NAMESPACE, data)
    delegations = read_trust(loaded.school, Shelf(signed={path: data, f"{path}.sig": armored})).delegations
    why = is_invalid(delegations[0], loaded.school) if delegations else "path"
    if why is not None:
        raise worthless("DLG001", path, reason=why)
    for code, values in senseless(delegations[0], loaded.school):
        raise UsageError(code, **values)
    return Plan(creates={path: data, f"{path}.sig": armored})
