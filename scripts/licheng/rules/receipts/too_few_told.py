"""The window to confirm a receipt is over, and nobody can prove that all students were told often enough."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.receiving.confirming import demands, times_told, window_of
from licheng.policy.receiving.versions import id_of, latest


@rule(
    "RCT001",
    "too-few-told",
    scope="school",
    kinds=("receipt", "receipt-notice"),
    reads=("rulebook", "term-calendar", "roster-export"),
    of_the_days=True,
)
def too_few_told(this: Rule, school: School) -> Iterator[Finding]:
    """Only the latest version counts, as only it can still be confirmed; one finding a class."""
    for receipt in latest(school):
        wanted = demands(id_of(receipt).year, school).notices
        for index, entry in enumerate(receipt.data["classes"]):
            window = window_of(receipt, entry["level"], school)
            if window is None or school.today <= window.closes:
                continue
            times = [times_told(student, receipt, window, school) for student in entry["students"]]
            seldom = [number for number in times if number < wanted]
            if seldom:
                values = {"class": entry["class"], "count": len(seldom), "told": min(seldom), "wanted": wanted}
                yield this.finding(receipt.at("classes", index), closes=window.closes.isoformat(), **values)
