"""A record is dated outside the term or school year that it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import KINDS
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_first_day, year_last_day
from licheng.policy.periods import days_within

_KINDS = tuple(sorted(kind.name for kind in KINDS if kind.of_period and any(field.within for field in kind.dates)))


@rule(
    "DAT003",
    "outside-period",
    kinds=_KINDS,
    reads=("term-calendar",),
)
def outside_period(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Quotas go by the folder's term or school year (肆.一), so its records belong there.

    An interval may begin before or end after the period; one of its days must lie within.
    """
    if record.term is None:
        year = int(record.identity["year"])
        first, last = year_first_day(year), year_last_day(year)
    else:
        first, last = record.term.first_day, record.term.last_day
        if (calendar := school.calendars.get(record.term)) is not None:
            first, last = min(calendar.starts, first), max(calendar.ends, last)
    days = list(days_within(record))
    if record.kind == "activity" and any(on <= last for on, _ in days) and any(first <= on for on, _ in days):
        return
    period = record.identity.get("term") or record.identity["year"]
    for on, pointer in days:
        if not first <= on <= last:
            yield this.finding(record.at(*pointer), date=on.isoformat(), period=period)
