"""An intake account brings a staff member's commit without that person's word."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.changes import Unstated, enters_keys, unstated


@rule("GAT037", "unstated-commit", scope="change", always=True)
def unstated_commit(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Whoever holds the intake account could write in anybody's name; so staff sign what it brings for them (肆.三)."""
    for commit, author, why, _ in unstated(proposal):
        if why is Unstated.NOTHING and not enters_keys(commit):  # of these KEY006 tells
            yield this.finding(Place(commit.place), commit=commit.sha[:12], author=author)
