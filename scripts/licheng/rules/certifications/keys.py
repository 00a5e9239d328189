"""Keys of staff: each enrolled with a proof of possession and by a second person, none of them weak."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.keys import fault


def check(this: Rule, school: School) -> Iterator[Finding]:
    """No single administrator can enrol a key for a teacher."""
    if school.trust.repository is None:
        return  # no enrolment can be judged: TRU002
    records = {record.path: record for record in school.of("staff-keys")}
    for key in school.trust.keys:
        if fault(key, school) == this.code:
            place = records[key.path].at("keys", key.index, "public_key")
            yield this.finding(place, staff=key.staff, reason=key.fault or "")


def key_rule(code: str, name: str) -> Rule:
    """The rule for one fault of a key; `policy.keys.fault` says which is which."""
    return rule(code, name, scope="school", kinds=("staff-keys",), reads=("genesis",))(check)
