"""The name of a person of the school stands in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.record import Text
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.policy import privacy


@rule("PRI004", "known-name", scope="text")
def known_name(this: Rule, text: Text, school: School) -> Iterator[Outcome]:
    """Names stand in the encrypted basic data only; the list of names comes from the caller and is never stored."""
    if not school.names:
        yield this.skip("no-identities", text.path)
        return
    for trace in privacy.seen(text.text, lambda view: privacy.names(view, school.names)):
        hidden = privacy.hidden(text.text, trace)
        yield this.finding(text.at_offset(trace.offset), identity=hidden, masked=trace.masked)
