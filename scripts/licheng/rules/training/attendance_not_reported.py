"""A session that is over, and nobody has said how many came."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.omissions import explained
from licheng.policy.training import SessionState, sessions


@rule("TRN005", "attendance-not-reported", scope="school", kinds=("training",), severity=Severity.WARNING)
def attendance_not_reported(this: Rule, school: School) -> Iterator[Finding]:
    """Whether a session was held is told by the number of those who came (陸), or by who explains that it was not."""
    for term in sorted({record.term for record in school.of("training") if record.term is not None}):
        for session in sessions(school, term):
            unreported = session.state is SessionState.UNREPORTED
            if unreported and explained(term, session.audience, school) is None:
                yield this.finding(session.record.at("on"), on=session.on.isoformat())
