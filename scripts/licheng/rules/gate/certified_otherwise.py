"""A decision is about other files than those that it lands with."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.certification import changed, item_of
from licheng.policy.gate import new_decisions


@rule("GAT023", "certified-otherwise", scope="change")
def certified_otherwise(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Every new decision, of whatever kind, is about just the files that are there when it lands (肆.一).

    A return and a revocation too: what the student reads is said of what is there.
    """
    for student in proposal.students_after.values():
        for event, payload in new_decisions(student, proposal):
            item = item_of(event, student)
            files = changed(item, payload, student) if item is not None else ()
            if files:
                yield this.finding(Place(event.path), files=files)
