"""A date that the school set, or a resolution that goes on, cites a resolution that no minutes hold."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import held_on, reference

# By kind of record, its lists and the field in which an entry cites a resolution.
_LISTS = {
    "meeting": (("resolutions", "carries"),),
    "term-calendar": (("windows", "resolution"), ("agency", "floor_resolution"), ("amendments", "resolution")),
}


@rule("REF011", "unknown-resolution", kinds=("term-calendar", "meeting"), reads=("meeting",))
def unknown_resolution(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The working group resolves the schedule (伍.四); a window or its extension says by which resolution."""
    known = {
        (reference(meeting), resolution["number"])
        for meeting in school.of("meeting")
        for resolution in meeting.data["resolutions"]
        if record.kind != "meeting" or held_on(meeting) < held_on(record)
    }
    # What a calendar's windows, floors and amendments rest on, and what resolutions carry on from an earlier meeting.
    for listed, field in _LISTS[record.kind]:
        for index, entry in enumerate(record.data.get(listed, ())):
            cited = entry.get(field)
            if cited is not None and (cited["meeting"], cited["number"]) not in known:
                place = record.at(listed, index, field)
                yield this.finding(place, meeting=cited["meeting"], number=cited["number"])
