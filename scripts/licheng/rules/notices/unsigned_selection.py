"""What was submitted to the agency had not been signed for as the rulebook asks."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.layout import CARRIED, HANDED_IN
from licheng.core.record import Record
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
        submitted = next((record for record in in_force(school) if _took(record, selection, student)), None)
        if want.required and sheet is not SheetState.SIGNED and submitted is not None:
            on, related = submitted.data["submitted_on"], (submitted.at("submitted_on"),)
            yield this.finding(selection.at("on"), case=sheet.value, on=on, article=want.article, related=related)


def _took(submission: Record, selection: Record, student: Student) -> bool:
    """Whether a submission to the agency is of what a selection selects."""
    about = (submission.identity["year"], submission.data.get("batch", REGULAR))
    same = about == (selection.identity["year"], selection.identity["batch"])
    carried = CARRIED.get(submission.data["roster"]) in HANDED_IN
    return same and carried and level_on(student, day(selection.data["on"])) in submission.data["levels"]
