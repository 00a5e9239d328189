"""Who is invited to the platform: single people, or a class, each with an account that is open on the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from licheng.app.loading.enrolments import enrolments
from licheng.core.errors import UsageError
from licheng.core.record import Record
from licheng.policy.accounts import accounts
from licheng.policy.enrolment import left_on, level_and_class
from licheng.sources.reading import read_kinds
from licheng.sources.tree import Tree

STAFF = ""  # the group of those who are in no class


def invited(tree: Tree, today: date, ids: Sequence[str], school_class: str | None) -> Mapping[str, tuple[str, ...]]:
    """The accounts that get a code, by class, both sorted; members of staff under `STAFF`.

    Args:
        tree: of the school.
        today: the school's day.
        ids: of accounts.
        school_class: all whose class this is.

    Raises:
        UsageError: APP318, somebody has no open account; APP319, nobody is asked for; APP270, a record of enrolment
            cannot be read.
    """
    is_of_students = school_class is not None or any(who.startswith("s") for who in ids)
    class_of = _classes(enrolments(tree), today) if is_of_students else {}
    whole_class = [student for student, name in class_of.items() if school_class == name]
    if not ids and not whole_class:
        raise UsageError("APP319", day=today.isoformat(), school_class=school_class or "-")
    may = {
        account.id for account in accounts(read_kinds(tree, today, ("accounts",)), today) if account.holder != "intake"
    }
    groups: dict[str, list[str]] = {}
    for who in sorted({*ids, *whole_class}):
        if who not in may:
            raise UsageError("APP318", who=who, day=today.isoformat())
        groups.setdefault(class_of.get(who, STAFF), []).append(who)
    return {name: tuple(groups[name]) for name in sorted(groups)}


def _classes(records: Mapping[str, Record], today: date) -> Mapping[str, str]:
    """The class of everybody who has not left."""
    places = {who: level_and_class(record, today) for who, record in records.items() if left_on(record, today) is None}
    return {who: place[1] for who, place in places.items() if place is not None}
