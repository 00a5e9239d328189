"""Nobody whom the school knows brings the change, or somebody else pushed last."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule

_ACCOUNTS = Place("content/school/accounts.yaml")


@rule("GAT008", "unknown-actor", scope="shape", always=True)
def unknown_actor(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """The actor is an account of `accounts.yaml`, known by a login, never by an e-mail address."""
    if proposal.actor is None:
        yield this.finding(_ACCOUNTS, actor=proposal.actor_text)
    elif proposal.pushed_by is not None:
        yield this.finding(_ACCOUNTS, actor=proposal.pushed_by)
