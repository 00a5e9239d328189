"""A delegation counts for nothing: it is malformed, not signed by whom it says, or onto oneself."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.delegations import is_invalid


@rule("DLG001", "invalid-delegation", scope="school", reads=("genesis", "staff-keys", "staff"))
def invalid_delegation(this: Rule, school: School) -> Iterator[Finding]:
    """A substitute acts by a record that the teacher signed, or the executive secretary when the teacher has left."""
    if school.trust.repository is None:
        return  # TRU002
    for delegation in school.trust.delegations:
        why = is_invalid(delegation, school)
        if why is not None:
            yield this.finding(Place(delegation.path), reason=why)
