"""A statement of a change says something else than the commit that it lies in does."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.changes import Unstated, unstated


@rule("GAT038", "stated-otherwise", scope="change", always=True)
def stated_otherwise(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Every file, what it held and what it holds: no more, no less, and nothing else than was signed (肆.三)."""
    for commit, author, why, files in unstated(proposal):
        if why is Unstated.OTHERWISE:
            yield this.finding(Place(commit.place), commit=commit.sha[:12], author=author, files=files)
