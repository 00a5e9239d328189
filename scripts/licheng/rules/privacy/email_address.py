"""An e-mail address stands in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Text
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy import privacy


@rule("PRI003", "email-address", scope="text")
def email_address(this: Rule, text: Text, school: School) -> Iterator[Finding]:
    """Only pseudonyms below `.invalid` and the school's own public contacts may be printed (個資法 §5)."""
    for trace in privacy.unless_public(privacy.shapes(text.text).emails, text.text, school.public_contacts):
        hidden = privacy.hidden(text.text, trace)
        yield this.finding(text.at_offset(trace.offset), identity=hidden, masked=trace.masked)
