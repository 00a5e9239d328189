"""A commit says that somebody else made it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Commit, Proposal, Stamp
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import is_of, lacks_account, writer_of

# What GitHub writes as the committer of edits and merges on its pages; it names nobody.
FORGE = ("GitHub", "noreply@github.com")


@rule("GAT009", "borrowed-name", scope="shape")
def borrowed_name(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A commit's author is the pseudonym and address of the account that brings it, never a person's name.

    An intake account brings in commits of students, each under the student's own; where only the account is missing,
    GAT031 says so. The committer is one of these, or GitHub.
    """
    for commit in proposal.commits:
        if lacks_account(commit, proposal):
            continue
        if proposal.actor is not None and (wrong := _borrowed(commit, proposal)) is not None:
            whose, stamp = wrong
            shown = f"{stamp.name} <{stamp.address}>"[:100] if stamp.name or stamp.address else ""
            place = Place(commit.place)
            yield this.finding(place, commit=commit.sha[:12], stamp=whose, author=shown, actor=proposal.actor.id)


def _borrowed(commit: Commit, proposal: Proposal) -> tuple[str, Stamp] | None:
    """What of a commit is in another's name than it may be, `author` or `committer`; None where nothing is.

    The committer is the author, the account that brings the commit, or GitHub, whose pages write themselves there.
    """
    if proposal.actor is None:
        return None
    if writer_of(commit, proposal) is None:
        return "author", commit.author
    names = (commit.committer.name, commit.committer.address)
    by_author = names == (commit.author.name, commit.author.address)
    fits = by_author or names == FORGE or is_of(proposal.actor, commit.committer)
    return None if fits else ("committer", commit.committer)
