"""A new signature that is too old, of the future, or of a key or person that does not count any more."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.timely import untimely


@rule("GAT010", "untimely-signature", scope="change", always=True)
def untimely_signature(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """What is new must be right both at the time that it states and now: so nothing can be backdated."""
    for path, reason in untimely(proposal):
        yield this.finding(Place(path), untimely=reason)
