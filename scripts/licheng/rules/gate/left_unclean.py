"""Main is broken, and a change of control does not mend it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule


@rule("GAT018", "left-unclean", scope="change")
def left_unclean(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """While main itself has errors, what decides over others changes only to make it cleaner."""
    if proposal.errors_before and proposal.errors_after >= proposal.errors_before:
        place = Place(proposal.changes[0].path)
        yield this.finding(place, before=proposal.errors_before, after=proposal.errors_after)
