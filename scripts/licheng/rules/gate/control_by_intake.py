"""An intake account brings a change of control."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.permission import is_control


@rule("GAT040", "control-by-intake", scope="shape", always=True)
def control_by_intake(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """By what records are judged never changes by way of an account that many use, whoever signed what (伍.五)."""
    if proposal.actor is None or proposal.actor.holder != "intake":
        return
    control = [change.path for change in proposal.changes if is_control(change.path)]
    if control:
        yield this.finding(Place(control[0]), count=len(control), actor=proposal.actor.id)
