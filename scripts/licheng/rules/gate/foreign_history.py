"""A change that does not grow out of main."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule


@rule("GAT001", "foreign-history", scope="shape", always=True)
def foreign_history(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Base is the tip of main and an ancestor of head by first parents: nothing is dropped, nothing comes from aside.

    A foxtrot merge would make main's own history a side branch.
    """
    if not proposal.descends:
        yield this.finding(Place("content"), base=proposal.base[:12], head=proposal.head[:12])
