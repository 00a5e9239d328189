"""A submission to the agency whose day is the registry's own word."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.submissions import in_force, is_claimed


@rule("DUE006", "claimed-not-witnessed", scope="school", kinds=("agency-submission",), severity=Severity.WARNING)
def claimed_not_witnessed(this: Rule, school: School) -> Iterator[Finding]:
    """It stays to be seen until a correction names the agency's acknowledgement (肆.三, 伍.末)."""
    for record in in_force(school):
        if is_claimed(record):
            yield this.finding(record.at("claimed"), submitted=record.data["submitted_on"])
