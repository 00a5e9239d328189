"""A path beside `content/` that looks like another one, or that some file systems take for another one."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.gate import deceptive


@rule("GAT020", "deceptive-path", scope="shape")
def deceptive_path(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """`Content/` is `content/` on Windows and macOS, and so is `.git` in any spelling; FIL007 says it of `content/`."""
    for change in proposal.changes:
        beside = not change.path.startswith("content/")
        if beside and change.operation is not Operation.DELETE and deceptive(change.path):
            yield this.finding(Place(change.path))
