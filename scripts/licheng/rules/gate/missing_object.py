"""A file of which only the pointer is here."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule


@rule("GAT011", "missing-object", scope="change")
def missing_object(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """The store holds the object of every pointer before the pointer may land: no file is lost."""
    for path in sorted(proposal.objects_missing):
        yield this.finding(Place(path))
