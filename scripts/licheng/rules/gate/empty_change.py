"""A change that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule


@rule("GAT015", "empty-change", scope="shape", always=True)
def empty_change(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Where nothing can be judged, nothing has passed."""
    if not proposal.changes:
        yield this.finding(Place("content"), base=proposal.base[:12], head=proposal.head[:12])
