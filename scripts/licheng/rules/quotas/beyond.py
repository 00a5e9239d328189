"""What the quota rules share: a finding for each item that is too many, with those that used the quota up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule
from licheng.policy.quota import QuotaTally


def beyond(this: Rule, tallies: Iterable[QuotaTally[Record]]) -> Iterator[Finding]:
    """One finding an item beyond the limit, at its `submitted`."""
    for tally in tallies:
        for item in tally.beyond:
            related = tuple(other.at("submitted") for other in tally.counted if other is not item)
            place = item.at("submitted")
            yield this.finding(place, period=tally.period, used=tally.used, limit=tally.limit, related=related)
