"""A date that the school set cites a resolution that no minutes hold."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF011", "unknown-resolution", kinds=("term-calendar",), reads=("meeting",))
def unknown_resolution(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The working group resolves the schedule (伍.四); a window or its extension says by which resolution."""
    known = {
        (f"{meeting.identity['term']}/{meeting.identity['date']}", resolution["number"])
        for meeting in school.of("meeting")
        for resolution in meeting.data["resolutions"]
    }
    for section in ("windows", "amendments"):
        for index, entry in enumerate(record.data.get(section, ())):
            cited = entry.get("resolution")
            if cited is not None and (cited["meeting"], cited["number"]) not in known:
                place = record.at(section, index, "resolution")
                yield this.finding(place, meeting=cited["meeting"], number=cited["number"])
