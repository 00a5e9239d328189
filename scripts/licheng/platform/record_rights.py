"""Who may write which of the records that the school's units keep (伍.五).

Nothing here gives a right: the authority table says who may write, the sight table who sees, and the gate asks both
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from licheng.core.change import Account, Operation
from licheng.core.layout import KINDS, Home, Kind, home, samples
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.platform.hand_in import is_kept_by_units
from licheng.policy import sight
from licheng.policy.authority import within
from licheng.policy.permission import AuthorityRow, Scene, denial, is_meant, rows_of
from licheng.policy.sight import SightRow, ground

_TUTOR = {"as": "tutor"}


def owners(kind: str, account: str, school: School, on: date) -> tuple[Mapping[str, Any], ...]:
    """What a new record may say of whose it is, where that is somebody's own unit, contest or name.

    Rows that name an organiser or a recorder are about what the record says; before it is written, it may say these.
    """
    posts = [post["post"] for post in school.posts_of.get(account, ()) if within(post, on)]
    units = dict.fromkeys(unit for post in posts if (unit := school.unit_of_post.get(post)) is not None)
    if kind == "contest-result":
        return tuple({"contest": contest.slug} for contest in school.of("contest") if contest.data["unit"] in units)
    return tuple({"recorder": account, "organiser": unit, "unit": unit} for unit in units) or ({"recorder": account},)


@lru_cache(maxsize=8)  # asked several times for each page
def kinds_of(account: str, school: School, on: date) -> tuple[Kind, ...]:
    """The kinds of record that an account may write today, somewhere, in the order of the layout."""
    is_tutor = any(post["post"] == "class-tutor" and within(post, on) for post in school.posts_of.get(account, ()))
    may = set[str]()
    for kind, path in samples():
        where = home(path)
        assert where is not None  # noqa: S101 - a sample
        if not is_kept_by_units(where.kind, path):
            continue
        # The rows about it, of writing and of seeing, must mean the account; of a tutor, of whichever class.
        tables: list[tuple[AuthorityRow | SightRow, ...]] = [rows_of(path, school)]
        tables += [sight.rows_of(kind, school)] if where.kind.of_student else []
        for data in owners(kind, account, school, on):
            scene = Scene(school, on, None, (Record(path, kind, where.identity, data, "", 0),))
            if all(
                len(about) == 1
                and any(is_meant(who, account, scene) or (is_tutor and who == _TUTOR) for who in about[0].by)
                for about in tables
            ):
                may.add(kind)
    return tuple(kind for kind in KINDS if kind.name in may)


def ground_for_new(account: str, student: Student | None, where: Home, school: School, on: date) -> str | None:
    """By what right an account adds a record of a kind to a student's (or the school's); None if it may not.

    Args:
        account: its id.
        student: whose the record would be; None of a record of the school.
        where: the kind, and the parts of its path.
        school: at main's tip.
        on: the day, Asia/Taipei.
    """
    path = where.kind.path(**where.identity)
    for data in owners(where.kind.name, account, school, on):
        record = Record(path, where.kind.name, where.identity, data, "", 0)
        if may(account, Operation.ADD, path, student, (record,), school, on):
            why = ground(account, student, record.kind, school, on, record) if student is not None else "own"
            if why is not None:
                return why
    return None


def ground_for_change(account: str, student: Student | None, record: Record, school: School, on: date) -> str | None:
    """By what right an account changes a record that is there; None if it may not, or does not see it."""
    if not may(account, Operation.CHANGE, record.path, student, (record,), school, on):
        return None
    return ground(account, student, record.kind, school, on, record) if student is not None else "own"


def may(
    account: str,
    operation: Operation,
    path: str,
    student: Student | None,
    versions: tuple[Record, ...],
    school: School,
    on: date,
) -> bool:
    """Whether the authority table lets one of the staff do something with a record, in each of its versions."""
    staff = Account(account, "staff", frozenset(), "")
    return denial(staff, operation, path, Scene(school, on, student, versions)) is None
