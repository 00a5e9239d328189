"""`licheng not-held`: who had to hold a training or a meeting signs that it was not held, and what was done instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from licheng.app.loading import signed
from licheng.app.loading.load import Loaded
from licheng.app.trust.refusing import repository_of
from licheng.core.dates import written
from licheng.core.errors import UsageError
from licheng.core.finding import Finding, Severity
from licheng.core.layout import BY_NAME, MEETING, NOTICES
from licheng.core.location import Location
from licheng.core.school import School
from licheng.core.statements import OmissionStatement
from licheng.core.trust import OMISSION_NAMESPACE, Omission
from licheng.policy.omissions import fault, is_lacking
from licheng.policy.training import demands
from licheng.policy.working_group import meetings_held, meetings_wanted
from licheng.signing.canonical import encode
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.storage.plan import Plan

_KIND = BY_NAME["omission"]


def not_held(
    loaded: Loaded,
    term: str,
    demand: str,
    *,
    what_happened: str,
    instead: str,
    instead_by: date,
    by: str,
    now: datetime,
    sign: Callable[[str, bytes], bytes],
) -> Plan:
    """The plan that writes a signed explanation.

    Args:
        loaded: the school.
        term: in which it was not held.
        demand: an audience of the rulebook (陸), `meeting` (伍.四) or `notices`.
        what_happened: why, without personal data.
        instead: what was done instead, or will be.
        instead_by: until when, Asia/Taipei.
        by: the staff id of the signer.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.

    Raises:
        UsageError: APP017, there is no calendar of that term, or nothing of that name is wanted in it; APP042, it would
            count for nothing, or it was held; APP046, no genesis.
    """
    school, path = loaded.school, _KIND.path(term=term, demand=demand)
    calendar = next((own for own in school.calendars.values() if str(own.term) == term), None)
    if calendar is None:
        raise UsageError("APP017", name="TERM", value=term)
    book = school.rulebooks.for_term(calendar.term)
    wanted = {demand.audience for demand in demands(book)} if book is not None else set()
    if demand not in {MEETING, NOTICES, *wanted}:
        raise UsageError("APP017", name="DEMAND", value=demand)
    repository = repository_of(school)
    data: dict[str, Any] = {"kind": f"{_KIND.name}/v1", "what_happened": what_happened, "instead": instead}
    data |= {"instead_by": instead_by.isoformat(), "by": by, "signed_at": written(now)}
    statement = OmissionStatement.of(data, repository=repository, term=term, demand=demand)
    data["signature"] = sign(OMISSION_NAMESPACE, encode(statement.payload())).decode()
    text = document(_KIND, path, data)
    omission = signed.omission(record_of(path, text), repository)
    wrong = _wrong(omission, school)
    if wrong is not None:
        raise UsageError("APP042", code=wrong.code, detail=wrong)
    return Plan(creates={path: text.encode()})


def _wrong(omission: Omission, school: School) -> Finding | None:
    """What a rule would say of an explanation: it counts for nothing, or it is of what was held."""
    is_meeting, place = omission.demand == MEETING, Location(omission.path)
    why, closing = fault(omission, school), school.calendars[omission.term].closing
    if why is not None:
        values = {"by": omission.by.staff, "reason": why, "closing": closing.isoformat()}
        return Finding("MTG011" if is_meeting else "TRN011", Severity.ERROR, place, values)
    if is_lacking(omission, school):
        return None
    book, count = school.rulebooks.for_term(omission.term), meetings_held(omission.term, school)
    about = {"by": omission.by.staff, "term": str(omission.term)}
    if is_meeting and book is not None:
        return Finding("MTG012", Severity.ERROR, place, {**about, "held": count, "wanted": meetings_wanted(book)})
    return Finding("TRN012", Severity.ERROR, place, {**about, "audience": omission.demand})
