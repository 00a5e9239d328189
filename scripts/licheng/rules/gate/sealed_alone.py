"""A seal, or the destruction of a sealed student's key, that nobody but who brings it has signed for."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.overrides import digest
from licheng.policy.sealing import FORGETTING, SEAL, added


@rule("GAT042", "sealed-alone", scope="change", always=True)
def sealed_alone(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Who can write down when somebody applied does not alone take away what that day lets go (肆.四)."""
    paths = added(proposal, SEAL, FORGETTING)
    if paths and proposal.override is None:
        yield this.finding(Place(min(paths)), count=len(paths), change=digest(proposal.changes))
