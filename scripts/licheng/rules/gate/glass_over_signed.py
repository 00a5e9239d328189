"""The glass is broken over what two people signed, or what is only ever added to."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.layout import Lasting
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.permission import lasting_of


@rule("GAT024", "glass-over-signed", scope="shape", always=True)
def glass_over_signed(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Breaking the glass is one person's deed; genesis, keys, endings, decisions and receipts are never that."""
    for change in proposal.changes if proposal.glass else ():
        # Of trust or only ever added to: what not even a coordinator changes in an emergency.
        if change.path.startswith("content/trust/") or lasting_of(change.path) in {Lasting.ADDED_ONLY, Lasting.NEVER}:
            yield this.finding(Place(change.path))
