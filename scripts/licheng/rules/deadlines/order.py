"""Windows of one calendar in an order that cannot be met: each rule names the pair that it compares."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.deadlines import Disorder, agency_disorders, disorders


@rule("DUE001", "submission-after-certification", scope="school", kinds=("term-calendar",))
def submission_after_certification(this: Rule, school: School) -> Iterator[Finding]:
    """What is submitted after certification has closed can never be certified (肆.一)."""
    for calendar in school.calendars.values():
        yield from _told(this, disorders(calendar, "submission", "certification"))


@rule("DUE002", "selection-before-certification", scope="school", kinds=("term-calendar",))
def selection_before_certification(this: Rule, school: School) -> Iterator[Finding]:
    """Only what is certified can be selected for the agency, so certification closes first."""
    for calendar in school.calendars.values():
        yield from _told(this, disorders(calendar, "certification", "selection"))


@rule("DUE003", "confirmation-before-upload", scope="school", kinds=("term-calendar",))
def confirmation_before_upload(this: Rule, school: School) -> Iterator[Finding]:
    """Students confirm what the agency received (收訖明細), so the upload has closed before."""
    for calendar in school.calendars.values():
        yield from _told(this, agency_disorders(calendar))


def _told(this: Rule, found: Iterator[Disorder]) -> Iterator[Finding]:
    for one in found:
        yield this.finding(
            one.place, earlier=one.earlier.isoformat(), later=one.later.isoformat(), related=(one.related,)
        )
