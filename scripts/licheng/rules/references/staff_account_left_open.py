"""A member of staff has left, and the account is still open."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import optional_day
from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.accounts import last_day_of_staff


@rule(
    "REF037",
    "staff-account-left-open",
    scope="school",
    kinds=("accounts",),
    reads=("staff",),
    severity=Severity.WARNING,
)
def staff_account_left_open(this: Rule, school: School) -> Iterator[Finding]:
    """Whoever holds no post any more brings no change (伍.五 系統維護); a login that nobody watches is a door."""
    for record in school.of("accounts"):
        for index, entry in enumerate(record.data["accounts"]):
            ends = optional_day(entry.get("to"))
            last = last_day_of_staff(entry["id"], school, school.today) if entry["holder"] == "staff" else None
            if last is not None and (ends is None or ends >= school.today):
                place = record.at("accounts", index, "id")
                yield this.finding(place, account=entry["id"], day=last.isoformat())
