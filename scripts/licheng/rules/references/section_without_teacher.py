"""A section of the current term has no teacher who can certify."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from licheng.core.calendar import TermCalendar
from licheng.core.dates import TAIPEI
from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.authority import assigned, holds
from licheng.policy.delegations import is_void


@rule(
    "REF022",
    "section-without-teacher",
    scope="school",
    kinds=("staff", "course-offerings"),
    reads=("term-calendar", "delegation"),
    severity=Severity.WARNING,
)
def section_without_teacher(this: Rule, school: School) -> Iterator[Finding]:
    """The course teacher certifies (肆.一, 伍.五); where nobody teaches a section, its students' work waits in vain.

    From 開學 until the term's last certification window has closed, of the day. A teacher counts who is assigned and
    holds a post; a substitute by a delegation that holds counts too.
    """
    for record in school.of("course-offerings"):
        calendar = school.calendars.get(record.term) if record.term is not None else None
        if calendar is None:
            continue
        closes = [window.closes for window in calendar.windows if window.stage == "certification"]
        if not calendar.opening <= school.today <= max([calendar.ends, *closes]):
            continue
        for number, course in enumerate(record.data["courses"]):
            for index, section in enumerate(course["sections"]):
                if not _is_taught(course["id"], section, calendar, school):
                    place = record.at("courses", number, "sections", index, "teachers")
                    yield this.finding(
                        place, course=course["id"], section=section["id"], today=school.today.isoformat()
                    )


def _is_taught(course: str, section: Any, calendar: TermCalendar, school: School) -> bool:
    here = assigned(section, "teachers", school.today)
    if any(holds(staff, school, school.today) or staff not in school.staff for staff in here):
        return True  # of one who is not among the staff, REF006 says so
    teachers, wanted = frozenset(assigned(section, "teachers")), (str(calendar.term), course)
    return any(
        delegation.principal in teachers
        and wanted in delegation.courses
        and is_void(delegation, school) is None
        and holds(delegation.substitute, school, school.today)
        and delegation.starts.astimezone(TAIPEI).date() <= school.today <= delegation.ends.astimezone(TAIPEI).date()
        for delegation in school.trust.delegations
    )
