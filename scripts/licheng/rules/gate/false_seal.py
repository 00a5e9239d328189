"""A seal takes away what it may not, or not all, or something else than it says."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import writer_of
from licheng.policy.sealing import SEAL, SealFault, added, faults


@rule("GAT041", "false-seal", scope="change", always=True)
def false_seal(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Records go five years after the application, whole, and only as what was sealed (肆.四)."""
    for path, student in added(proposal, SEAL).items():
        seal = proposal.after.record_at(path)
        every = [*faults(seal, proposal)] if seal is not None else [SealFault.UNREAD]
        writers = {writer_of(commit, proposal) for commit in proposal.commits_of.get(path, ())}
        if seal is not None and writers != {seal.data["by"]}:
            every.append(SealFault.OTHER_PERSON)
        for fault in every:
            yield this.finding(Place(path), student=student, seal_fault=fault.value)
