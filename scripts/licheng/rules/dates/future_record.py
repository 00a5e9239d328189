"""A record tells of something that has not happened yet."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_FIELDS = (
    "on",
    "recorded_on",
    "announced_on",
    "obtained_on",
    "reported_on",
    "closed_on",
    "submitted_on",
    "revoked_on",
)
_PLANS = frozenset({"training"})


@rule("DAT002", "future-record")
def future_record(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """What is registered has happened: a record faithful to fact (肆.三) is not dated after today."""
    if record.kind in _PLANS:
        return
    for field in _FIELDS:
        text = record.data.get(field)
        if isinstance(text, str) and day(text) > school.today:
            yield this.finding(record.at(field), date=text, today=school.today.isoformat())
