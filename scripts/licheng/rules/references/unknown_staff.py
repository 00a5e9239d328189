"""A record names a member of staff that the school does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_BY = (
    *("verification", "waiver", "claim", "agency-submission", "roster-export", "release", "omission", "signature"),
    *("receipt", "receipt-notice", "receipt-sheet", "receipt-answer"),
    *("seal", "unsealing", "forgetting"),
)
_FIELDS = {
    **dict.fromkeys(_BY, "by"),
    "other": "recorder",
}


@rule("REF006", "unknown-staff", kinds=(*_FIELDS, "course-offerings", "accounts", "seat-holders"), reads=("staff",))
def unknown_staff(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Teachers, checkers and recorders are in `content/school/staff.yaml` (伍.五)."""
    for staff, place in _named(record):
        if staff not in school.staff:
            yield this.finding(place, staff=staff)


def _named(record: Record) -> Iterator[tuple[str, Place]]:
    if record.kind in _FIELDS:
        field = _FIELDS[record.kind]
        yield record.data[field], record.at(field)
    elif record.kind == "accounts":
        for index, account in enumerate(record.data["accounts"]):
            if account["holder"] == "staff":
                yield account["id"], record.at("accounts", index, "id")
    elif record.kind == "seat-holders":
        for index, seat in enumerate(record.data["terms"]):
            if "staff" in seat:
                yield seat["staff"], record.at("terms", index, "staff")
    else:
        yield from (
            (entry if isinstance(entry, str) else entry["staff"],
             record.at("courses", number, "sections", index, field, position))
            for number, course in enumerate(record.data["courses"])
            for index, section in enumerate(course["sections"])
            for field in ("teachers", "advising_teachers")
            for position, entry in enumerate(section.get(field, ()))
        )  # fmt: skip
