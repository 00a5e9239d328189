"""A student confirms a version of a receipt although a later one had come."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.receiving.versions import id_of, named, next_version


@rule("RCT004", "superseded-confirmation", kinds=("receipt-confirmation", "receipt-sheet"), reads=("receipt",))
def superseded_confirmation(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """On the day on which the later one came, either may have been looked at."""
    later = next_version(named(record), school)
    if later is not None and day(later.data["received_on"]) < day(record.data["on"]):
        values = {"named": record.data["receipt"], "later": str(id_of(later)), "came": later.data["received_on"]}
        yield this.finding(record.at("receipt"), related=(later.at(),), **values)
