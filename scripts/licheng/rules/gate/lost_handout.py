"""A change leaves a training's handout without its page."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.training import handouts, pages_of


@rule("HBK006", "lost-handout", scope="change")
def lost_handout(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A handout is there to be read (陸): what a change takes away, or names anew; what lacked before is a warning."""
    before, there = pages_of(proposal.before), pages_of(proposal.after)
    known = {(record.path, page) for record, _, page in handouts(proposal.before)}
    for record, index, page in handouts(proposal.after):
        anew = bool(there) and (record.path, page) not in known
        if page not in there and (page in before or anew):
            yield this.finding(record.at("materials", index, "page"), page=page)
