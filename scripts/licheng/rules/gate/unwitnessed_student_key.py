"""A student's passkeys come in without the signed word of who witnesses them."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.changes import Unstated, enters_keys, unstated


@rule("KEY006", "unwitnessed-student-key", scope="change", always=True)
def unwitnessed_student_key(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Whoever brings it, the tutor or the registry signs the record with a passkey: that is the witness (肆.三)."""
    for commit, author, why, _ in unstated(proposal):
        if why is Unstated.NOTHING and enters_keys(commit):
            yield this.finding(Place(commit.place), commit=commit.sha[:12], author=author)
