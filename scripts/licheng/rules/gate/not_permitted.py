"""Somebody changes a file that is not theirs."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import denials


@rule("GAT003", "not-permitted", scope="change")
def not_permitted(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Each file has one owner by the duties (伍.五); what no row allows is refused."""
    for change, writer, denied in denials(proposal):
        yield this.finding(
            Place(change.path),
            actor=writer,
            operation=change.operation.value,
            denial=denied.reason,
            row=denied.row.id if denied.row is not None else "-",
        )
