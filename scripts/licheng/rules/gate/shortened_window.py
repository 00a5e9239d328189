"""A calendar takes away days that were announced."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.append_only import shortened


@rule("GAT007", "shortened-window", scope="change")
def shortened_window(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A window that is open or over never ends earlier than announced; an extension only adds days (伍.四)."""
    for place, window, closes, was in shortened(proposal):
        yield this.finding(place, window=window, closes=closes, was=was)
