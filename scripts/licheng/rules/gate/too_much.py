"""More files, commits or bytes than one change may have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import excesses


@rule("GAT014", "too-much", scope="shape", always=True)
def too_much(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Sizes and counts are bounded before anything is read."""
    for path, what, count, limit in excesses(proposal):
        yield this.finding(Place(path), excess=what, count=count, limit=limit)
