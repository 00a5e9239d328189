"""`licheng waive`: the executive secretary lets one item be handed in or certified after its window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from licheng.app.loading import signed
from licheng.app.loading.load import Loaded
from licheng.app.loading.statements import waiver_statement
from licheng.core.dates import TAIPEI, written
from licheng.core.errors import UsageError
from licheng.core.finding import Finding, Severity
from licheng.core.layout import BY_NAME
from licheng.core.location import Location
from licheng.core.trust import WAIVER_NAMESPACE
from licheng.policy.waivers import fault
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.storage.plan import Plan

_KIND = BY_NAME["waiver"]
_MOST = 64


def waive(
    loaded: Loaded,
    folder: str,
    *,
    stage: str,
    until: date,
    reason: str,
    by: str,
    now: datetime,
    sign: Callable[[str, bytes], bytes],
) -> Plan:
    """The plan that writes a signed waiver.

    Args:
        loaded: the school.
        folder: the item's folder, from the root.
        stage: submission or certification.
        until: the last day, Asia/Taipei.
        reason: why, without personal data.
        by: the staff id of the executive secretary.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.

    Raises:
        UsageError: APP011, no such item; APP042, it would count for nothing; APP046, no genesis; APP090, its end is
            past.
    """
    student, below = loaded.owner(folder)
    today = now.astimezone(TAIPEI).date()
    if loaded.school.trust.repository is None:
        raise UsageError("APP046")
    if until < today:
        raise UsageError("APP090", item=folder, detail=until.isoformat())
    data: dict[str, Any] = {"kind": f"{_KIND.name}/v1", "item": below, "stage": stage, "reason": reason, "by": by}
    data |= {"on": today.isoformat(), "until": until.isoformat(), "signed_at": written(now)}
    data["signature"] = sign(
        WAIVER_NAMESPACE, waiver_statement(loaded.school.trust.repository, student.id, data)
    ).decode()
    slug = f"{below.replace('/', '-')}-{stage}"[:_MOST].rstrip("-")
    path = _KIND.path(cohort=str(student.cohort), student=student.id, slug=slug)
    text = document(_KIND, path, data)
    waiver = signed.waiver(record_of(path, text), loaded.school.trust.repository)
    why = fault(waiver, replace(loaded.school, today=today))
    if why is not None:
        raise UsageError(
            "APP042", code="WAI001", detail=Finding("WAI001", Severity.ERROR, Location(path), {"by": by, "reason": why})
        )
    return Plan(creates={path: text.encode()})
