"""A commit says that somebody else made it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import borrowed


@rule("GAT009", "borrowed-name", scope="shape")
def borrowed_name(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A commit's author is the pseudonym and address of the account that brings it, never a person's name.

    An intake account brings in commits of students, each under the student's own. The committer is one of these, or
    GitHub.
    """
    for commit in proposal.commits:
        if proposal.actor is not None and (wrong := borrowed(commit, proposal)) is not None:
            whose, stamp = wrong
            shown = f"{stamp.name} <{stamp.address}>"[:100] if stamp.name or stamp.address else ""
            place = Place(commit.place)
            yield this.finding(place, commit=commit.sha[:12], stamp=whose, author=shown, actor=proposal.actor.id)
