"""An intake account brings the work of a student who has no account."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import lacks_account


@rule("GAT031", "no-account-yet", scope="shape")
def no_account_yet(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """What a student hands in is by the student's own account, also where an intake account brings it (肆.三, 伍.五).

    GAT009 tells an author to be another; here the commit is right, and the account is what is missing.
    """
    commits = [commit for commit in proposal.commits if lacks_account(commit, proposal)]
    for student in sorted({commit.author.name for commit in commits}):
        mine = [commit for commit in commits if commit.author.name == student]
        yield this.finding(Place(mine[0].place), student=student, count=len(mine))
