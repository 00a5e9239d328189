"""A record tells of something that has not happened yet."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_FIELDS = ("on", "recorded_on", "announced_on", "obtained_on", "reported_on", "closed_on", "submitted_on", "revoked_on")
_PLANS = frozenset({"training"})
_DAY_IN_PATH = frozenset({"meeting", "assembly"})


@rule("DAT002", "future-record")
def future_record(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """What is registered has happened: a record faithful to fact (肆.三) is not dated after today."""
    for text, place in _days(record):
        if day(text) > school.today:
            yield this.finding(place, date=text, today=school.today.isoformat())


def _days(record: Record) -> Iterator[tuple[str, Place]]:
    if record.kind in _PLANS:
        return
    if record.kind in _DAY_IN_PATH:
        yield record.identity["date"], record.at("kind")
    if record.kind == "attendance":
        for index, absence in enumerate(record.data["absences"]):
            yield absence["on"], record.at("absences", index, "on")
    for field in _FIELDS:
        if isinstance(record.data.get(field), str):
            yield record.data[field], record.at(field)
