"""An explanation of what was not held that counts for nothing, as a finding."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.omissions import fault


def faulty_omission(this: Rule, record: Record, school: School) -> Iterator[Finding]:
    """The finding where the signer stands; without a genesis nothing signed can be judged (TRU002)."""
    for omission in school.trust.omissions if school.trust.repository is not None else ():
        reason = fault(omission, school) if omission.path == record.path else None
        if reason is not None:
            closing = school.calendars[omission.term].closing if omission.term in school.calendars else ""
            yield this.finding(record.at("by"), by=omission.by.staff, reason=reason, closing=str(closing))
