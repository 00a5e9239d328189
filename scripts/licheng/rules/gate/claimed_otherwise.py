"""A claim is about other files than those that it lands with."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.certification import changed
from licheng.policy.gate import new_claims


@rule("GAT034", "claimed-otherwise", scope="change")
def claimed_otherwise(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A new claim is about just the files that are there when it lands, and of work that is handed in (肆.一)."""
    for claim, student in new_claims(proposal):
        item = student.outputs.get(f"{student.folder}/{claim.item}")
        files = changed(item, claim, student) if item is not None else ()
        if files or (item is not None and item.data["submitted"] is not True):
            yield this.finding(Place(claim.path), files=files or ("item.md",))
