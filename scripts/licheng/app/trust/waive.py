"""`licheng waive`: the executive secretary lets one item be handed in, certified or selected after its window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from itertools import chain, count
from typing import Any

from licheng.app.loading import signed
from licheng.app.loading.load import Loaded
from licheng.app.trust.refusing import repository_of, worthless
from licheng.core.dates import TAIPEI, written
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, STUDENTS, student_folder
from licheng.core.statements import WaiverStatement
from licheng.core.trust import WAIVER_NAMESPACE
from licheng.policy.waivers import can_be_late, fault
from licheng.signing.canonical import encode
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.storage.plan import Plan

_KIND = BY_NAME["waiver"]
_MOST = 60  # of the 64 characters that a name has: a second waiver for the same has a number


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
        folder: the item's folder, from the root, or the file of a selection; it need not be there yet (`can_be_late`).
        stage: submission, certification or selection.
        until: the last day, Asia/Taipei.
        reason: why, without personal data.
        by: the staff id of the executive secretary.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.

    Raises:
        UsageError: APP110, nothing that can be late; APP042, it would count for nothing; APP046, no genesis; APP090,
            its end is past.
    """
    item = folder.removesuffix("/item.md").removesuffix(".yaml").rstrip("/")
    home = student_folder(item) or ""
    student = next(loaded.students(home.removeprefix(f"{STUDENTS}/")), None) if home else None
    below = item.removeprefix(f"{home}/")
    if student is None or not can_be_late(student, below, stage):
        raise UsageError("APP110", path=folder)
    today = now.astimezone(TAIPEI).date()
    repository = repository_of(loaded.school)
    if until < today:
        raise UsageError("APP090", item=folder, detail=until.isoformat())
    data: dict[str, Any] = {"kind": f"{_KIND.name}/v1", "item": below, "stage": stage, "reason": reason, "by": by}
    data |= {"on": today.isoformat(), "until": until.isoformat(), "signed_at": written(now)}
    statement = WaiverStatement.of(data, repository=repository, student=student.id)
    data["signature"] = sign(WAIVER_NAMESPACE, encode(statement.payload())).decode()
    slug = f"{below.replace('/', '-')}-{stage}"[:_MOST].rstrip("-")
    taken = {record.slug for record in student.of("waiver")}
    free = next(name for name in chain([slug], (f"{slug}-{n}" for n in count(2))) if name not in taken)
    path = _KIND.path(cohort=str(student.cohort), student=student.id, slug=free)
    text = document(_KIND, path, data)
    why = fault(signed.waiver(record_of(path, text), repository), replace(loaded.school, today=today))
    if why is not None:
        raise worthless("WAI001", path, by=by, reason=why)
    return Plan(creates={path: text.encode()})
