"""A post or an account begins or ends on a day that is over."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.gate import today
from licheng.policy.second_person import past_before, rewritten_past, unseconded


@rule("GAT022", "rewritten-past", scope="change", always=True)
def past_rewritten(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Who was what on a day decides what was signed on it (肆.一); it is changed by two people or not at all."""
    left = unseconded(proposal)
    for right, place in rewritten_past(proposal.before, proposal.after, past_before(proposal)):
        if right in left:
            yield this.finding(place, who=right.who, held=right.over, today=today(proposal).isoformat())
