"""A seal takes away what it may not, or not all, or something else than it says."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import writer_of
from licheng.policy.sealing import SealFault, faults, sealed_by


@rule("GAT041", "false-seal", scope="change", always=True)
def false_seal(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Records go five years after the application, whole, and only as what was sealed (肆.四)."""
    for path, student in sealed_by(proposal).items():
        for fault in _faults(path, proposal):
            yield this.finding(Place(path), student=student, seal_fault=fault.value)


def _faults(path: str, proposal: Proposal) -> Iterator[SealFault]:
    seal = proposal.after.record_at(path)
    if seal is None:
        yield SealFault.UNREAD
        return
    yield from faults(seal, proposal)
    writers = {writer_of(commit, proposal) for commit in proposal.commits_of.get(path, ())}
    if writers != {seal.data["by"]}:
        yield SealFault.OTHER_PERSON
