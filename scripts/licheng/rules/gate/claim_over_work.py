"""What another platform is said to have certified has been here before."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import new_claims


@rule("GAT033", "claim-over-work", scope="change", always=True)
def claim_over_work(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A claim comes in with its output, at once; what was handed in here is certified here (肆.一)."""
    added = {change.path for change in proposal.changes if change.operation is Operation.ADD}
    for claim, student in new_claims(proposal):
        item = student.outputs.get(f"{student.folder}/{claim.item}")
        if item is not None and item.path not in added:
            yield this.finding(Place(claim.path), item=item.folder)
