"""Very many deletions, or keys of very many people, in one change."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import masses
from licheng.policy.overrides import digest


@rule("GAT012", "mass-change", scope="shape", always=True)
def mass_change(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """What would hurt most if it were a mistake needs a second person's signed word."""
    if proposal.override is None:
        for what, paths, limit in masses(proposal.changes):
            if len(paths) > limit:
                change = digest(proposal.changes)
                yield this.finding(Place(paths[0]), mass=what, count=len(paths), limit=limit, change=change)
