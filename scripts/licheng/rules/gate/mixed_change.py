"""A change of records that also changes by what records are judged."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.permission import is_control


@rule("GAT002", "mixed-change", scope="shape")
def mixed_change(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Control and records never change together, so that nothing can pass by rules that it brings itself."""
    control = [change.path for change in proposal.changes if is_control(change.path)]
    if control and len(control) < len(proposal.changes):
        record = next(change.path for change in proposal.changes if not is_control(change.path))
        yield this.finding(Place(control[0]), record=record)
