"""Who sees which records of a student: the sight table of `duties.yaml`, default deny.

Judged by the day alone: whoever's post, section, class or delegation has ended sees nothing by it from the next day on.
A unit sees the kinds of its duty (伍.五); whoever is told counts only (the working group, 伍.一; the principal) has no
row. A draft is nobody's but the student's: nothing has been handed in yet (肆.一).

What is said here is what the platform shows. Whoever may clone the repository has all of it
(`licheng.policy.accounts.may_clone`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from licheng.core.layout import HANDED_IN, KINDS
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.authority import capacities, holds, within
from licheng.policy.delegations import lasts
from licheng.policy.enrolment import is_here
from licheng.policy.permission import Scene, is_meant

# What is about one student, and may stand in the table; a certification lies beside the student's folder.
OF_STUDENTS: tuple[str, ...] = tuple(
    # Of who was sealed there is nobody on the platform, nor anybody's to see.
    kind.name
    for kind in KINDS
    if "student" in kind.parameters and kind.folder != "seals"
)


@dataclass(frozen=True, slots=True)
class SightRow:
    """One row of the sight table; its place is `sight`/`index` of the duties record."""

    index: int
    id: str
    records: frozenset[str]
    by: tuple[Mapping[str, str], ...]


@lru_cache(maxsize=8)  # asked for each record of a page
def rows(school: School) -> tuple[SightRow, ...]:
    """The sight table; a school that has none shows nothing."""
    duties = school.one("duties")
    entries = duties.data.get("sight", ()) if duties is not None else ()
    return tuple(
        SightRow(index, entry["id"], frozenset(entry["records"]), tuple(entry["by"]))
        for index, entry in enumerate(entries)
    )


def rows_of(kind: str, school: School) -> tuple[SightRow, ...]:
    """The rows that are about a kind; exactly one, or nobody sees it."""
    return tuple(row for row in rows(school) if kind in row.records)


def sees(account: str, student: Student, kind: str, school: School, on: date, record: Record | None = None) -> bool:
    """Whether an account sees a student's record of a kind on a day.

    Args:
        account: its id.
        student: whose records.
        kind: of record.
        school: with the table, as main holds it now.
        on: the day, Asia/Taipei.
        record: which one; of a certification the output that it is about. None asks about all of the kind that are
            handed in, which no teacher of a single section sees.
    """
    return ground(account, student, kind, school, on, record) is not None


def ground(
    account: str, student: Student, kind: str, school: School, on: date, record: Record | None = None
) -> str | None:
    """By what an account sees what it sees: `owner`, `tutor`, `unit:registry` …; None where it does not, as `sees`."""
    about = rows_of(kind, school)
    for who in about[0].by if len(about) == 1 else ():
        if is_shown(who, account, student, school, on, record):
            [(sort, name)] = who.items()
            return name if sort == "as" else f"{sort}:{name}"
    return None


def is_shown(
    who: Mapping[str, str], account: str, student: Student, school: School, on: date, record: Record | None = None
) -> bool:
    """Whether an account is one of those whom one entry of a row names; see `sees`."""
    entry = school.account_of.get(account)
    if entry is None or not within(entry, on):
        return False
    if entry["holder"] == "student":
        return account == student.id and who == {"as": "owner"}
    is_draft = record is not None and record.kind in HANDED_IN and record.data["submitted"] is not True
    if entry["holder"] != "staff" or is_draft or not holds(account, school, on):
        return False
    scene = Scene(school, on, student, (record,) if record is not None else ())
    term, course = (record.term, record.data.get("course", "")) if record is not None else (None, "")
    match who:
        case {"as": "teacher"}:  # of a section that is theirs to certify on that day (肆.一)
            return term is not None and bool(capacities(account, student, school, term, course, on))
        case {"as": "deputy"}:  # of a section whose teacher has delegated it to them, for that day
            return term is not None and any(
                delegation.substitute == account
                and (str(term), course) in delegation.courses
                and lasts(delegation, school, on)
                and bool(capacities(delegation.principal, student, school, term, course))
                for delegation in school.trust.delegations
            )
        case {"as": "tutor"}:
            own = student.one("student")  # who has left keeps the last class, which has another tutor every year
            return own is not None and is_here(own, on) and is_meant(who, account, scene)
        case _:
            return is_meant(who, account, scene)


def seen(account: str, student: Student, school: School, on: date, *kinds: str) -> Iterator[Record]:
    """The records of a student, of some kinds, that an account sees on a day."""
    for record in student.of(*kinds):
        if sees(account, student, record.kind, school, on, record):
            yield record
