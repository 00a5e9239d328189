"""What is only ever added to was changed or taken away."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.append_only import rewritten


@rule("GAT004", "rewritten-record", scope="change", always=True)
def rewritten_record(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Certifications, delegations, waivers, key endings and receipts stay as they are (肆.三)."""
    for path, what in rewritten(proposal):
        yield this.finding(Place(path), rewritten=what)
