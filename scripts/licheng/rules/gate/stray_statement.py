"""A statement of a change lies where it can be of no change."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.changes import Unstated, unstated

_TOLD = frozenset({Unstated.NOTHING, Unstated.OTHERWISE})  # by GAT037 and GAT038


@rule("GAT039", "stray-statement", scope="change", always=True)
def stray_statement(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """One commit, one parent, one statement, of its author: otherwise nobody could tell what was signed (肆.三).

    It holds by the keys of base too, whatever a check of the change could or could not say.
    """
    for commit, author, why, _ in unstated(proposal):
        if why not in _TOLD:
            yield this.finding(Place(commit.place), commit=commit.sha[:12], author=author, unstated=why.value)
