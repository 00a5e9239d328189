"""Handed in, certified or selected outside the time that the school has set."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.timely import late


@rule("GAT013", "outside-window", scope="change")
def outside_window(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """What counts is when the server first received it, in Asia/Taipei; later needs a waiver (肆.一, 伍.二)."""
    for place, stage, received, opens, closes in late(proposal):
        yield this.finding(place, stage=stage, received=received, opens=opens, closes=closes)
