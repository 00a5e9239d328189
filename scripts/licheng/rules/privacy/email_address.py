"""An e-mail address stands in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import privacy


@rule("PRI003", "email-address")
def email_address(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Only pseudonyms below `.invalid` and the school's own public contacts may be printed (個資法 §5)."""
    for trace in privacy.emails(privacy.fold(record.text)):
        if not any(contact in record.text[trace.offset : trace.offset + 80] for contact in school.public_contacts):
            yield this.finding(record.at_offset(trace.offset), masked=trace.masked)
