"""A commit says that somebody else made it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import is_of, lacks_account, writer_of

# What GitHub writes as the committer of edits and merges on its pages; it names nobody.
FORGE = ("GitHub", "noreply@github.com")


@rule("GAT009", "borrowed-name", scope="shape")
def borrowed_name(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A commit's author is the pseudonym and address of the account that brings it, never a person's name.

    An intake account brings in commits of others, each under its author's own: of students, where only the account may
    be missing (GAT031), and of staff, whose word it has to show (GAT037). The committer is one of these, or GitHub,
    whose pages write themselves there.
    """
    actor = proposal.actor
    if actor is None:
        return
    for commit in proposal.commits:
        if lacks_account(commit, proposal):
            continue
        names = (commit.committer.name, commit.committer.address)
        if writer_of(commit, proposal) is None:
            whose, stamp = "author", commit.author
        elif names in ((commit.author.name, commit.author.address), FORGE) or is_of(actor, commit.committer):
            continue
        else:
            whose, stamp = "committer", commit.committer
        shown = f"{stamp.name} <{stamp.address}>"[:100] if stamp.name or stamp.address else ""
        yield this.finding(Place(commit.place), commit=commit.sha[:12], stamp=whose, author=shown, actor=actor.id)
