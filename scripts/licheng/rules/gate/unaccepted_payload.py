"""The end of a key lets something count that main never accepted."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.append_only import unaccepted


@rule("GAT016", "unaccepted-payload", scope="change", always=True)
def unaccepted_payload(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Only what main holds can be listed when a key ends; so a key that has ended signs nothing more."""
    for place, digest in unaccepted(proposal):
        yield this.finding(place, digest=digest[:12])
