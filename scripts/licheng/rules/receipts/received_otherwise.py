"""The agency has received something else than was sent."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.receiving.versions import latest


@rule("RCT005", "received-otherwise", scope="school", kinds=("receipt",), severity=Severity.WARNING)
def received_otherwise(this: Rule, school: School) -> Iterator[Finding]:
    """Of the latest version only: what a later one no longer shows was put right."""
    for receipt in latest(school):
        for index, difference in enumerate(receipt.data["differences"]):
            yield this.finding(
                receipt.at("differences", index),
                case=difference["fault"],
                student=difference.get("student", "?"),
                item=difference.get("item", difference["sheet"]),
                row=difference.get("row", 0),
                columns=tuple(difference.get("columns", ())),
            )
