"""The attachments of a change take longer to inspect than one change may."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import MOST_INSPECTED, MOST_SECONDS


@rule("GAT030", "too-long-to-inspect", scope="shape")
def too_long_to_inspect(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Each file has its limits, and so have all of them together; the rest was not looked at, so nothing passes."""
    if proposal.unread:
        limit = MOST_INSPECTED if proposal.unread == "bytes" else MOST_SECONDS
        yield this.finding(Place("content"), spent=proposal.unread, limit=limit)
