"""The working group appointed another office than the regulation names, or none at all."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import appointments, demands, provisions, within


@rule("TRN007", "other-office-appointed", scope="school", kinds=("meeting",), reads=("rulebook", "school"))
def other_office_appointed(this: Rule, school: School) -> Iterator[Finding]:
    """The working group appoints who trains (陸), among the offices that the regulation names."""
    for one in appointments(school):
        book = school.rulebooks.on(one.on)
        wanted = {demand.organiser for demand in demands(book) if demand.audience == one.audience} if book else set()
        if wanted and not any(within(one.owner, office, school) for office in wanted):
            yield this.finding(one.place, audience=one.audience, owner=one.owner, wanted="、".join(sorted(wanted)))


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
        for one in provisions(calendar, school):
            for session in one.counted:
                if not any(found.audience == session.audience and found.on <= session.on for found in appointed):
                    yield this.finding(session.record.at("audience"), audience=session.audience)
