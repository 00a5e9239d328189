"""A school year without an evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule(
    "EVA001",
    "no-evaluation",
    scope="school",
    kinds=("evaluation", "term-calendar"),
    reads=("rulebook",),
    severity=Severity.NOTICE,
)
def no_evaluation(this: Rule, school: School) -> Iterator[Finding]:
    """柒 lets the secretary evaluate (得) in the second term; a year without is told, it is no error."""
    evaluated = {record.year for record in school.of("evaluation")}
    for calendar in school.kept.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None or calendar.term.half != book.record.data["evaluation"]["term"]:
            continue
        if school.today > calendar.ends and calendar.term.year not in evaluated:
            yield this.finding(calendar.record.at("ends"), year=calendar.term.year)
