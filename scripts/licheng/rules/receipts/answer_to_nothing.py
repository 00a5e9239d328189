"""A student's answer to a receipt, or the school's to a report, names what is not on record."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.receiving.versions import members, named


@rule(
    "RCT007",
    "answer-to-nothing",
    kinds=("receipt-confirmation", "receipt-sheet", "receipt-answer"),
    reads=("receipt", "roster-export"),
)
def answer_to_nothing(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """A student answers a receipt in which they are; the school answers a problem, by an export that it has made."""
    if record.kind != "receipt-answer":
        if owner.id not in members(school).get(named(record), {}):
            yield this.finding(record.at("receipt"), case="receipt", named=record.data["receipt"])
        return
    reports = {(report.year, report.slug): report for report in owner.of("receipt-confirmation")}
    report = reports.get((record.year, record.data["confirmation"]))
    if report is None or report.data["answer"] != "problem":
        yield this.finding(record.at("confirmation"), case="report", named=record.data["confirmation"])
    exports = {export.slug for export in school.of("roster-export") if export.year == record.year}
    if record.data.get("export") not in {None, *exports}:
        yield this.finding(record.at("export"), case="export", named=record.data["export"])
