"""A verification is of other files than those that it lands with."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.verification import differing


@rule("CER021", "verified-otherwise", scope="change")
def verified_otherwise(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Who checks (伍.五) checks what is there: no verification is made up, nor stale when it lands.

    Later a list of digests that never were looks like one of files that have changed; here it can be told.
    """
    written = {change.path for change in proposal.changes if change.operation is not Operation.DELETE}
    for student in proposal.students_after.values():
        for record in student.of("verification"):
            files = differing(record, student) if record.path in written else ()
            if files:
                yield this.finding(record.at("files"), files=files)
