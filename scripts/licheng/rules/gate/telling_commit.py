"""A commit's message or signature names a person."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy import privacy


@rule("GAT029", "telling-commit", scope="shape")
def telling_commit(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Numbers, addresses and names stay in history for ever (個資法 §5); `Co-authored-by:` carries them too."""
    school = proposal.before
    for commit in proposal.commits:
        for where, text in (("message", commit.message), ("signature", commit.carried)):
            for trace in privacy.traces(text, school.public_contacts, school.names):
                yield this.finding(Place(commit.place), commit=commit.sha[:12], where=where, masked=trace.masked)
