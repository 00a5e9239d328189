"""Whose calendar a deadline belongs in: students, their parents, teachers, each unit of the school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from licheng.core.school import School
from licheng.policy.deadlines import PARENT, STUDENT, Deadline, Owner

STUDENTS, PARENTS, TEACHERS = "students", "parents", "teachers"
_OF_TEACHERS = ("course-teacher", "advising-teacher", "class-tutor", "course-counsellor")

Roles = Mapping[str, frozenset[Owner]]


def roles(school: School) -> Roles:
    """By role, the units and posts that it stands for: a unit stands for its posts as well."""
    own = school.one("school")
    data = own.data if own is not None else {"units": (), "posts": ()}
    by_role = {
        STUDENTS: frozenset({Owner("post", STUDENT)}),
        # What their child must do, and what they are invited to themselves (陸.三).
        PARENTS: frozenset({Owner("post", STUDENT), Owner("post", PARENT)}),
        TEACHERS: frozenset(Owner("post", post) for post in _OF_TEACHERS),
    }
    for unit in data["units"]:
        posts = (post["id"] for post in data["posts"] if post.get("unit") == unit["id"])
        by_role[unit["id"]] = frozenset({Owner("unit", unit["id"]), *(Owner("post", post) for post in posts)})
    return by_role


def of_role(calendar: Iterable[Deadline], owners: frozenset[Owner]) -> tuple[Deadline, ...]:
    """The deadlines on which a role must act, or to which it is invited."""
    return tuple(deadline for deadline in calendar if owners.intersection((*deadline.owners, *deadline.invited)))
