"""A commit says that it was made at a time that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import OLDEST, shown_time, untimely


@rule("GAT028", "untimely-commit", scope="shape")
def untimely_commit(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Author and committer wrote within two weeks before; a date beyond all years breaks whatever reads history."""
    for commit in proposal.commits:
        for whose, why, stamp in untimely(commit, proposal):
            yield this.finding(
                Place(commit.place),
                commit=commit.sha[:12],
                stamp=whose,
                at=f"{shown_time(stamp.seconds)} {stamp.zone}",
                untimely_commit=why,
                days=OLDEST.days,
            )
