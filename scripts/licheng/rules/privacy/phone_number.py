"""A telephone number stands in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Text
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy import privacy


@rule("PRI002", "phone-number", scope="text")
def phone_number(this: Rule, text: Text, school: School) -> Iterator[Finding]:
    """Only the school's own public contacts may be printed (個資法 §5)."""
    for trace in privacy.unless_public(privacy.shapes(text.text).phones, text.text, school.public_contacts):
        hidden = privacy.hidden(text.text, trace)
        yield this.finding(text.at_offset(trace.offset), identity=hidden, masked=trace.masked)
