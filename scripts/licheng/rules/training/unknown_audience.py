"""A training for somebody whom the rulebook does not name, or on what it does not name."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import MEETING, NOTICES
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.training import demands


@rule("TRN013", "unknown-audience", kinds=("training", "term-calendar", "omission"), reads=("rulebook",))
def unknown_audience(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """A session counts for an audience that the rulebook wants trained (陸); for another it counts for nothing."""
    assert record.term is not None  # noqa: S101 - the paths of all three have a term
    book = school.rulebooks.for_term(record.term)
    known = {demand.audience for demand in demands(book)} if book is not None else set()
    if record.kind == "training":
        named = [(record.data["audience"], record.at("audience"))]
    elif record.kind == "omission":
        demand = record.identity["demand"]
        named = [(demand, record.at("kind"))] if demand not in (MEETING, NOTICES) else []
    else:
        planned = enumerate(record.data.get("trainings", ()))
        named = [(entry["audience"], record.at("trainings", index, "audience")) for index, entry in planned]
    for audience, place in named:
        if known and audience not in known:
            yield this.finding(place, word=audience, known=tuple(sorted(known)))
