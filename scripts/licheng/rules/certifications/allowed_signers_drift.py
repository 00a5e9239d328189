"""`allowed_signers` is not what follows from the keys."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import ALLOWED_SIGNERS
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("TRU001", "allowed-signers-drift", scope="school", kinds=("staff-keys",))
def allowed_signers_drift(this: Rule, school: School) -> Iterator[Finding]:
    """A university verifies with this file alone, so it must say what the keys' records say."""
    if school.trust.repository is None:
        return  # nobody's key counts: TRU002
    if school.trust.allowed_signers != school.trust.allowed_signers_expected:
        yield this.finding(Place(ALLOWED_SIGNERS), keys=len(school.trust.keys))
