"""A rulebook in force, or what the agency announced, was changed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.layout import Lasting, home
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import today


@rule("GAT006", "frozen-rulebook", scope="change", always=True)
def frozen_rulebook(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """An amendment is a new rulebook (捌); the old one has judged and is cited by certifications."""
    for change in proposal.changes:
        record = home(change.path) if change.operation is not Operation.ADD else None
        if record is None or record.kind.lasting is not Lasting.IN_FORCE:
            continue
        if day(record.identity["date"]) <= today(proposal):
            yield this.finding(Place(change.path))
