"""Resolutions that are overdue or out of order."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import ResolutionState, resolutions


@rule("MTG008", "overdue-resolution", scope="school", kinds=("meeting",), severity=Severity.NOTICE)
def overdue_resolution(this: Rule, school: School) -> Iterator[Finding]:
    """What was resolved is done by its day, or taken up by a later meeting (伍.四)."""
    for one in resolutions(school):
        if one.state is ResolutionState.OVERDUE and one.due is not None:
            yield this.finding(one.place, meeting=one.meeting, number=one.number, due=one.due.isoformat())


@rule("MTG009", "resolution-out-of-order", kinds=("meeting",))
def resolution_out_of_order(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """Resolutions are numbered from 1 without a gap, so that a number that is cited names one of them (伍.四)."""
    for index, entry in enumerate(record.data["resolutions"]):
        if entry["number"] != index + 1:
            place = record.at("resolutions", index, "number")
            yield this.finding(place, number=entry["number"], wanted=index + 1)
