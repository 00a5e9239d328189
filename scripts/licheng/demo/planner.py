"""Plans the invented school: from a number of students and a seed to the commits of its history.

Pure: the same arguments give the same commits, on every machine. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from licheng.demo import certify, evaluation, meetings, pupils, receiving
from licheng.demo import faults as planting
from licheng.demo import school as records
from licheng.demo.certify import Ledger
from licheng.demo.desk import Desk
from licheng.demo.pen import Pen, Style
from licheng.demo.people import Cast, cast
from licheng.demo.values import DemoError, PlannedCommit, PlantedFault, Special
from licheng.demo.works import Handed
from licheng.signing.demo_keys import DemoKey

# Records a student: enough to show everything, and what a full portfolio holds.
DEMO_DENSITY = 20.0
FULL_DENSITY = 48.0

# The size from which the commits of students are gathered by class.
LARGE = 200


def plan(
    students: int,
    seed: int,
    *,
    faults: bool = False,
    attachments: bool = True,
    per_student: float | None = None,
    rulebook: bytes = b"",
) -> Iterator[PlannedCommit]:
    """Yield the commits of the invented school's history, the earliest first.

    Args:
        students: The number of students over the cohorts 112 to 115.
        seed: Equal seeds give equal schools.
        faults: Whether to plant the faults that `planted` lists.
        attachments: Whether items have files; without, their lists of attachments are empty.
        per_student: The mean number of records a student; by default 20 with attachments and 48 without.
        rulebook: The bytes of the rulebook that is in force; without them, nothing is certified.
    """
    school = _school(students, seed, attachments, per_student, rulebook)
    yield from school.commits
    if faults:
        yield from planting.commits(_plant(school))


def planted(
    seed: int,
    students: int,
    *,
    attachments: bool = True,
    per_student: float | None = None,
    rulebook: bytes = b"",
) -> list[PlantedFault]:
    """Return the faults that `plan` plants with the same arguments, in the order of their codes."""
    school = _school(students, seed, attachments, per_student, rulebook)
    return [fault.fault for fault in _plant(school)]


def special_items(
    seed: int,
    students: int,
    *,
    attachments: bool = True,
    per_student: float | None = None,
    rulebook: bytes,
) -> list[Special]:
    """Return the course outputs with a story that `plan` tells with the same arguments."""
    ledger = _school(students, seed, attachments, per_student, rulebook).ledger
    return list(ledger.specials) if ledger else []


def keys(
    seed: int,
    students: int,
    *,
    attachments: bool = True,
    per_student: float | None = None,
    rulebook: bytes,
) -> list[DemoKey]:
    """Return the keys with which the staff can sign today."""
    ledger = _school(students, seed, attachments, per_student, rulebook).ledger
    return ledger.keyring.current() if ledger else []


def logins(seed: int, students: int) -> list[DemoKey]:
    """Return the keys with which the staff log in to the school's server."""
    return [records.login(seed, person) for person in (*cast(students, seed).staff(), records.INTAKE)]


@dataclass(frozen=True)
class _School:
    commits: list[PlannedCommit]
    cast: Cast
    style: Style
    ledger: Ledger | None


def _plant(school: _School) -> list[planting.Planted]:
    tree = {path: data for commit in school.commits for path, data in commit.files.items()}
    return planting.plant(tree, school.cast, school.style, school.ledger)


@lru_cache(maxsize=1)  # `plan`, `planted` and the rest are asked about the same school one after another
def _school(students: int, seed: int, attachments: bool, per_student: float | None, rulebook: bytes) -> _School:
    if students < 1:
        raise DemoError("a school has at least one student")
    people = cast(students, seed)
    desk = Desk()
    density = per_student or (DEMO_DENSITY if attachments else FULL_DENSITY)
    style = Style(seed, attachments, by_class=students >= LARGE, full=density > 2 * DEMO_DENSITY)
    records.write(desk, people, seed)
    meetings.write(desk, people)
    stays = sum(len(student.stays) for student in people.students)
    due, written = 0.0, 0
    handed: list[Handed] = []
    for student in people.students:
        due += density * len(people.students) * len(student.stays) / max(1, stays)
        pen = Pen(desk, people, style, student)
        handed += pupils.write(pen, round(due) - written)
        written += len(pen.records)
    ledger = certify.write(desk, people, style, handed, rulebook) if rulebook else None
    evaluation.write(desk, people, handed, ledger)
    receiving.write(desk, people, style, handed)
    return _School(desk.commits(), people, style, ledger)
