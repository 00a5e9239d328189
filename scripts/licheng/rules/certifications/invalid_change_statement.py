"""A statement of a change counts for nothing: malformed, elsewhere than it says, or not signed by whom it names."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.statements import fault


@rule("CHG001", "invalid-change-statement", scope="school", reads=("genesis", "staff-keys"))
def invalid_change_statement(this: Rule, school: School) -> Iterator[Finding]:
    """What an intake account brought for one of the staff rests on this very signature (肆.三)."""
    for change in school.trust.changes:
        why = fault(change, school)
        if why is not None:
            yield this.finding(Place(change.path), reason=why)
