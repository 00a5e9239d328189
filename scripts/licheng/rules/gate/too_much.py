"""More files, commits or bytes than one change may have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import MOST_CHANGES, MOST_COMMITS, MOST_STEPS

MOST_BYTES = 64 << 20
MOST_TOTAL = 512 << 20


@rule("GAT014", "too-much", scope="shape", always=True)
def too_much(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Sizes and counts are bounded before anything is read."""
    counts = (
        ("changes", len(proposal.changes), MOST_CHANGES),
        ("commits", len(proposal.commits), MOST_COMMITS),
        ("changes", sum(len(commit.changes) for commit in proposal.commits), MOST_STEPS),
        ("total", sum(change.size for change in proposal.changes), MOST_TOTAL),
    )
    for excess, count, limit in counts:
        if count > limit:
            yield this.finding(Place("content"), excess=excess, count=count, limit=limit)
    for change in proposal.changes:
        if change.size > MOST_BYTES:
            yield this.finding(Place(change.path), excess="bytes", count=change.size, limit=MOST_BYTES)
