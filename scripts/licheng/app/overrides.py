"""`licheng override`: a coordinator signs that just this mass change is meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from licheng.app import trust
from licheng.app.keys import record_of
from licheng.app.load import Loaded
from licheng.app.plan import Plan
from licheng.app.scaffold import document
from licheng.core.certification import OVERRIDE_NAMESPACE
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME
from licheng.policy.overrides import fault

_KIND = BY_NAME["override"]


def override(
    loaded: Loaded,
    slug: str,
    *,
    change: str,
    reason: str,
    by: str,
    now: datetime,
    sign: Callable[[str, bytes], bytes],
) -> Plan:
    """The plan that writes a signed override.

    Args:
        loaded: the school.
        slug: the file's name.
        change: SHA-256 of the change, as GAT012 says it.
        reason: why it is meant.
        by: the staff id of a coordinator.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.

    Raises:
        UsageError: APP017, a value is not of its form; APP042, it would count for nothing; APP046, no genesis.
    """
    repository = loaded.school.trust.repository
    if repository is None:
        raise UsageError("APP046")
    data: dict[str, Any] = {"kind": f"{_KIND.name}/v1", "change": change, "reason": reason, "by": by}
    data["signed_at"] = trust.written(now)
    data["signature"] = sign(OVERRIDE_NAMESPACE, trust.overriding(repository, data)).decode()
    path = _KIND.path(slug=slug)
    text = document(_KIND, path, data)
    made = trust.override(record_of(path, text), repository)
    why = fault(made, loaded.school)
    if why is not None:
        raise UsageError("APP042", code=_KIND.name, detail=why)
    return Plan(creates={path: text.encode()})
