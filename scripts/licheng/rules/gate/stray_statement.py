"""A statement of a change lies where it can be of no change."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.changes import Unstated, unstated

_STRAY = frozenset({Unstated.SEVERAL, Unstated.SCATTERED, Unstated.MERGE, Unstated.OTHERS})


@rule("GAT039", "stray-statement", scope="change", always=True)
def stray_statement(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """One commit, one parent, one statement, of its author: otherwise nobody could tell what was signed (肆.三)."""
    for commit, author, why, _ in unstated(proposal):
        if why in _STRAY:
            yield this.finding(Place(commit.place), commit=commit.sha[:12], author=author, unstated=why.value)
