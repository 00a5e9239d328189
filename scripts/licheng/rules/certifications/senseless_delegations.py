"""Delegations that are well signed and mean nothing: one procedure in `licheng.policy.delegations`, one code each."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.delegations import is_invalid, senseless


def check(this: Rule, school: School) -> Iterator[Finding]:
    """Delegations are kept for ever, so one that nobody could use, or anybody for ever, never comes in (肆.一)."""
    if school.trust.repository is None:
        return  # TRU002
    for delegation in school.trust.delegations:
        for code, values in senseless(delegation, school) if is_invalid(delegation, school) is None else ():
            if code == this.code:
                yield Finding(this.code, this.severity, Place(delegation.path), values)


def delegation_rule(code: str, name: str) -> Rule:
    """The rule for one way in which a delegation means nothing."""
    reads = ("genesis", "staff-keys", "staff", "course-offerings", "rulebook")
    return rule(code, name, scope="school", reads=reads)(check)
