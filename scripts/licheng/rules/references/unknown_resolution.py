"""A date that the school set, or a resolution that goes on, cites a resolution that no minutes hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import held_on, reference


@rule("REF011", "unknown-resolution", kinds=("term-calendar", "meeting"), reads=("meeting",))
def unknown_resolution(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The working group resolves the schedule (伍.四); a window or its extension says by which resolution."""
    known = {
        (reference(meeting), resolution["number"])
        for meeting in school.of("meeting")
        for resolution in meeting.data["resolutions"]
        if record.kind != "meeting" or held_on(meeting) < held_on(record)
    }
    for cited, place in _cited(record):
        if (cited["meeting"], cited["number"]) not in known:
            yield this.finding(place, meeting=cited["meeting"], number=cited["number"])


# By kind of record, its lists and the field in which an entry cites a resolution.
_LISTS = {
    "meeting": (("resolutions", "carries"),),
    "term-calendar": (("windows", "resolution"), ("amendments", "resolution")),
}


def _cited(record: Record) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """What a calendar's windows and amendments rest on, and what resolutions carry on from an earlier meeting."""
    for listed, field in _LISTS[record.kind]:
        for index, entry in enumerate(record.data.get(listed, ())):
            if field in entry:
                yield entry[field], record.at(listed, index, field)
