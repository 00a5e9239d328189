"""The working group appointed another office than the regulation names."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import appointments, demands, within


@rule("TRN007", "other-office-appointed", scope="school", kinds=("meeting",), reads=("rulebook", "school"))
def other_office_appointed(this: Rule, school: School) -> Iterator[Finding]:
    """The working group appoints who trains (陸), among the offices that the regulation names."""
    for appointment in appointments(school):
        book = school.rulebooks.on(appointment.on)
        wanted = (
            {demand.organiser for demand in demands(book) if demand.audience == appointment.audience} if book else set()
        )
        if wanted and not any(within(appointment.owner, office, school) for office in wanted):
            yield this.finding(
                appointment.place,
                audience=book.name("audiences", appointment.audience) if book else appointment.audience,
                owner=appointment.owner,
                wanted="、".join(sorted(wanted)),
            )
