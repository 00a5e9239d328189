"""What a term lacks of the trainings that the regulation wants, at a given urgency."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.training import DemandState, provisions
from licheng.policy.urgency import Urgency, urgency


def lacking_trainings(this: Rule, school: School, when: Urgency, states: frozenset[DemandState]) -> Iterator[Finding]:
    """A finding for each training that is wanted, in every term of that urgency."""
    for calendar in school.calendars.values():
        for provision in provisions(calendar, school) if urgency(calendar, school.today) is when else ():
            if provision.state in states:
                yield this.finding(
                    calendar.record.at_key("trainings"),
                    term=str(provision.term),
                    audience=provision.demand.audience,
                    article=provision.demand.article,
                    closing=calendar.closing.isoformat(),
                )
