"""A training held by another office than the regulation names."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import provisions, within


@rule("TRN003", "other-organiser", scope="school", kinds=("training",), reads=("rulebook", "school", "term-calendar"))
def other_organiser(this: Rule, school: School) -> Iterator[Finding]:
    """The office that the regulation names holds the training (陸); others may hold more, never in its stead."""
    for calendar in school.calendars.values():
        for provision in provisions(calendar, school):
            for session in provision.sessions if not provision.counted else ():
                known = session.organiser in school.units
                if known and not within(session.organiser, provision.demand.organiser, school):
                    place = session.record.at("organiser")
                    yield this.finding(place, organiser=session.organiser, wanted=provision.demand.organiser)
