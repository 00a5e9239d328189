"""A class of the current term has no tutor."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.classes import classes_of_sections, tutors


@rule(
    "REF021",
    "class-without-tutor",
    scope="school",
    kinds=("staff", "course-offerings"),
    reads=("term-calendar",),
    severity=Severity.WARNING,
)
def class_without_tutor(this: Rule, school: School) -> Iterator[Finding]:
    """The class tutors are responsible for licences, contests and 自傳 (伍.五); a class without one has nobody.

    From 開學 on, of the day: a tutor who has left is told until there is another.
    """
    posts = list(tutors(school))
    holders = {post.school_class for post in posts if post.overlaps(school.today, school.today)}
    staff = school.one("staff")
    for calendar in school.calendars.values():
        current = calendar.opening <= school.today <= calendar.ends
        for name in sorted(classes_of_sections(school, calendar.term) - holders) if current else ():
            former = [post.place for post in posts if post.school_class == name and post.ends < school.today]
            if staff is not None:
                place = former[-1] if former else staff.at_key("staff")
                yield this.finding(place, school_class=name, today=school.today.isoformat())
