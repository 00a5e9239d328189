"""Keys or delegations stand in a repository that has no genesis."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("TRU002", "missing-genesis", scope="school", kinds=("staff-keys",), reads=("genesis",))
def missing_genesis(this: Rule, school: School) -> Iterator[Finding]:
    """The genesis names the repository in every signature, so that none can be used in another school."""
    if school.trust.repository is None and (school.trust.keys or school.trust.delegations):
        yield this.finding(Place("content/trust/genesis.yaml"))
