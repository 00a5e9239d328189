"""A batch or a roster that neither the agency nor the school's rulebook has."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.batches import batches, rosters


@rule("WIN014", "unknown-batch", kinds=("term-calendar", "selection"), reads=("agency-rules", "rulebook"))
def unknown_batch(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """What goes in a batch goes with the agency's roster of it (伍.末); what nobody takes is never submitted."""
    year = record.year
    assert year is not None  # noqa: S101 - both kinds have a term or a year in their path
    if not school.agency.layers:
        return  # RBK006 and RBK007 tell of that
    known, listed = batches(record.term or Term(year, 1), school), rosters(school)
    if record.kind == "selection":
        if record.identity["batch"] not in known:
            yield this.finding(record.at("kind"), batch=record.identity["batch"])
        return
    for section in ("windows", "agency", "amendments"):
        for index, entry in enumerate(record.data.get(section, ())):
            if "batch" in entry and entry["batch"] not in known:
                yield this.finding(record.at(section, index, "batch"), batch=entry["batch"])
            if "roster" in entry and listed and entry["roster"] not in listed:
                yield this.finding(record.at(section, index, "roster"), batch=entry["roster"], case="roster")
