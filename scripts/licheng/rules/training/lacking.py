"""What a term lacks of the trainings that the regulation wants, at a given urgency."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.omissions import explained
from licheng.policy.training import DemandState, provisions
from licheng.policy.urgency import Urgency, urgency


def lacking_trainings(
    this: Rule, school: School, when: Urgency, states: frozenset[DemandState], *, answered: bool = False
) -> Iterator[Finding]:
    """A finding for each training that is wanted, in every term of that urgency.

    Args:
        this: the rule.
        school: its calendars and trainings.
        when: how near the term's end is.
        states: of the trainings that are found.
        answered: those that are explained by who had to hold them, instead of those that are not.
    """
    for calendar in school.kept.values():
        for provision in provisions(calendar, school) if urgency(calendar, school.today) is when else ():
            omission = explained(calendar.term, provision.demand.audience, school)
            if provision.state in states and (omission is not None) is answered:
                yield this.finding(
                    calendar.record.at_key("trainings"),
                    term=str(provision.term),
                    audience=provision.demand.name,
                    article=provision.demand.article,
                    closing=calendar.closing.isoformat(),
                    by=omission.by.staff if omission is not None else "",
                    instead_by=omission.instead_by.isoformat() if omission is not None else "",
                )
