"""What comes and goes between main and the end of a change, and stays in history unseen."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import hidden


@rule("GAT019", "hidden-history", scope="shape")
def hidden_history(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """The gate judges the change as a whole; what its commits hold besides would be in everybody's copy for ever."""
    for commit, path in hidden(proposal):
        yield this.finding(Place(path), commit=commit.sha[:12])
