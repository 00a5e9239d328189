"""One login stands on two accounts that are open on the same day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from licheng.core.dates import optional_day
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.rights import logins


@rule("REF016", "shared-login", scope="school", kinds=("accounts",))
def shared_login(this: Rule, school: School) -> Iterator[Finding]:
    """Who brings a change is told by the login alone: where two claim it, it is nobody's, and both are locked out."""
    known: dict[str, list[tuple[str, date, date, Place]]] = defaultdict(list)
    for record in school.of("accounts"):
        for index, entry in enumerate(record.data["accounts"]):
            starts, ends = optional_day(entry["from"]) or date.min, optional_day(entry.get("to")) or date.max
            place = record.at("accounts", index, "id")
            for login in sorted(logins(entry)):
                for other, since, until, where in known[login]:
                    if other != entry["id"] and max(starts, since) <= min(ends, until):
                        yield this.finding(place, related=(where,), login=login, account=entry["id"], other=other)
                known[login].append((entry["id"], starts, ends, place))
