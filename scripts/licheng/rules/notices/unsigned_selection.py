"""What was submitted to the agency had not been signed for as the rulebook asks."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.layout import CARRIED, HANDED_IN
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.batches import REGULAR
from licheng.policy.enrolment import level_on
from licheng.policy.signatures import SheetState, sheets
from licheng.policy.submissions import in_force


@rule(
    "NTC003",
    "unsigned-selection",
    scope="student",
    kinds=("selection", "signature"),
    reads=("rulebook", "agency-submission", "student"),
)
def unsigned_selection(this: Rule, student: Student, school: School) -> Iterator[Finding]:
    """Until it is submitted, a missing signature is a state; from then on it is what the rulebook did not allow."""
    for selection, want, sheet in sheets(student, school):
        if not want.required or sheet is SheetState.SIGNED:
            continue
        about = (selection.identity["year"], selection.identity["batch"])
        level = level_on(student, day(selection.data["on"]))
        submissions = (
            record
            for record in in_force(school)
            if (record.identity["year"], record.data.get("batch", REGULAR)) == about
            if CARRIED.get(record.data["roster"]) in HANDED_IN and level in record.data["levels"]
        )
        if (submitted := next(submissions, None)) is not None:
            on, related = submitted.data["submitted_on"], (submitted.at("submitted_on"),)
            yield this.finding(selection.at("on"), case=sheet.value, on=on, article=want.article, related=related)
