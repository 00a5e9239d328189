"""What comes and goes between main and the end of a change, and stays in history unseen."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import PLAIN_BYTES


@rule("GAT019", "hidden-history", scope="shape")
def hidden_history(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """The gate judges the change as a whole; what its commits hold besides would be in everybody's copy for ever.

    A file in `content/` that comes and goes, or a large version of one that the next commit makes small.
    """
    kept = {change.path: change.blob for change in proposal.changes}
    for commit in proposal.commits if proposal.descends else ():
        for change in commit.changes:
            gone = change.path not in kept
            large = change.size > PLAIN_BYTES and kept.get(change.path) != change.blob
            if change.path.startswith("content/") and (gone or large):
                yield this.finding(Place(change.path), commit=commit.sha[:12])
