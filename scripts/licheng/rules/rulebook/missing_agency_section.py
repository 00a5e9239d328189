"""A term has no agency rules for something that every term needs: file types, summary, codes, quotas, confirmation."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import LEVELS, cohort_of

_NEEDED = ("files", "summary", "codes", "quotas", "confirmation")


@rule("RBK006", "missing-agency-section", scope="school", kinds=("term-calendar", "agency-rules"), reads=("rulebook",))
def missing_agency_section(this: Rule, school: School) -> Iterator[Finding]:
    """What the agency sets is data; where it is missing nothing of it would be judged."""
    for calendar in school.calendars.values():
        if school.rulebooks.for_term(calendar.term) is None:
            continue
        for section in _NEEDED:
            cohorts = (cohort_of(calendar.term, level) for level in LEVELS)
            if any(school.agency.section(section, calendar.term, cohort) is None for cohort in cohorts):
                yield this.finding(calendar.record.at("kind"), section=section, term=str(calendar.term))
