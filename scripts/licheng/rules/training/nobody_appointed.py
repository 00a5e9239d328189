"""A session whose office nobody appointed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import appointments, provisions


@rule(
    "TRN008",
    "nobody-appointed",
    scope="school",
    kinds=("training",),
    reads=("meeting", "rulebook", "school", "term-calendar"),
    severity=Severity.WARNING,
)
def nobody_appointed(this: Rule, school: School) -> Iterator[Finding]:
    """A session rests on a resolution that appoints its office (陸), of the same term or an earlier one."""
    appointed = list(appointments(school))
    for calendar in school.calendars.values():
        for provision in provisions(calendar, school):
            for session in provision.counted if provision.demand.subject else ():
                if not any(office.audience == session.audience and office.on <= session.on for office in appointed):
                    yield this.finding(session.record.at("audience"), audience=provision.demand.name)
