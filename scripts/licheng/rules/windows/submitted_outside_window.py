"""An item was submitted before its window opened; whether after it closed, only the gate can know."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.quota import is_submitted
from licheng.policy.timely import submission_windows


@rule(
    "WIN004",
    "submitted-outside-window",
    kinds=("course-output", "activity"),
    reads=("student", "term-calendar"),
)
def submitted_outside_window(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """Items are submitted within the school's time (肆.一: 應於學校規定時間內登錄).

    A tree of files does not know when something was submitted. Before the window opens it is certainly too early;
    after it closed, this says that it could not judge.
    """
    if not is_submitted(record):
        return
    windows = submission_windows(record, owner, school)
    if not windows:
        yield this.skip("no-window", record.path)
        return
    opens = min(window.opens for window in windows)
    if school.today < opens:
        place = record.at("submitted")
        yield this.finding(place, opens=opens.isoformat(), today=school.today.isoformat())
    elif school.today > max(window.closes for window in windows):
        yield this.skip("submission-time-unknown", record.path)
