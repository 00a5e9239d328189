"""A commit holds what no ordinary tool of Git writes."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule


@rule("GAT027", "odd-commit", scope="shape")
def odd_commit(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """The whole commit stays in everybody's copy for ever: headers, signature and message are of a fixed form."""
    for commit in proposal.commits:
        for odd in commit.oddities:
            yield this.finding(Place(commit.place), commit=commit.sha[:12], oddity=odd.sort, detail=odd.detail)
