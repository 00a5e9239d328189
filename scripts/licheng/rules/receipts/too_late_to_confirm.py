"""A receipt came so late that students have fewer days to confirm it than they must have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.receiving.confirming import days_left, days_wanted, window_of
from licheng.policy.receiving.versions import latest


@rule(
    "RCT002",
    "too-late-to-confirm",
    scope="school",
    kinds=("receipt",),
    reads=("rulebook", "agency-rules", "term-calendar", "roster-export"),
    severity=Severity.WARNING,
)
def too_late_to_confirm(this: Rule, school: School) -> Iterator[Finding]:
    """WIN002 judges the window by itself; this one what is left of it when there is something to look at."""
    for receipt in latest(school):
        windows = (window_of(receipt, entry["level"], school) for entry in receipt.data["classes"])
        for window in dict.fromkeys(window for window in windows if window is not None):
            wanted = days_wanted(receipt, window, school)
            if days_left(receipt, window) < wanted:
                yield this.finding(
                    receipt.at("received_on"),
                    closes=window.closes.isoformat(),
                    days=days_left(receipt, window),
                    wanted=wanted,
                    related=(window.closing_place,),
                )
