"""A decision is about other files than those that it lands with."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.timely import other_files


@rule("GAT023", "certified-otherwise", scope="change")
def certified_otherwise(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Every new decision, of whatever kind, is about just the files that are there when it lands (肆.一)."""
    for path, files in other_files(proposal):
        yield this.finding(Place(path), files=files)
