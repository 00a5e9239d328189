"""A large file in history instead of in the store."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.layout import Role, part_of
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import PLAIN_BYTES


@rule("GAT017", "plain-attachment", scope="shape")
def plain_attachment(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Attachments live in the Git LFS store: history keeps for ever what it once held, and grows."""
    for change in proposal.changes:
        belongs = part_of(change.path)
        is_attachment = belongs is not None and belongs.role is Role.ATTACHMENT
        if is_attachment and change.size > PLAIN_BYTES:
            yield this.finding(Place(change.path), size=change.size, limit=PLAIN_BYTES)
