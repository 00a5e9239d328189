"""Whose signatures of another school count here is changed, and nobody but who brings it has signed for it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.overrides import digest


@rule("GAT043", "strange-signers", scope="change", always=True)
def strange_signers(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """The keys of another school stand for its teachers here (肆.一): nobody brings their own as such."""
    before, after = proposal.before.signers, proposal.after.signers
    given = tuple(platform for platform, signers in sorted(after.items()) if before.get(platform) != signers)
    if given and proposal.override is None:
        place = Place(min(record.path for record in proposal.after.of("school")))
        yield this.finding(place, platform=given, change=digest(proposal.changes))
