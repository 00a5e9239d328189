"""A rulebook in force, or what the agency announced, was changed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.layout import Lasting
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import today
from licheng.policy.permission import lasting_of, possible


@rule("GAT006", "frozen-rulebook", scope="change", always=True)
def frozen_rulebook(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """An amendment is a new rulebook (捌); the old one has judged and is cited by certifications."""
    for change in proposal.changes:
        of_rulebook = lasting_of(change.path) is Lasting.IN_FORCE
        if of_rulebook and change.operation not in possible(change.path, today(proposal)):
            yield this.finding(Place(change.path))
