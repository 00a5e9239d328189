"""The demo school with a registrar beside it: what importers are tried on."""

from __future__ import annotations

import shutil
from pathlib import Path

from licheng.core.person import Person
from licheng.exchange.identities import IdentityTable
from tests.people import Registry, id_number
from tests.trees import ROOT

STUDENTS = ("s1150001", "s1150002", "s1150003", "s1140001", "s1130001")


def number(student: str) -> str:
    """學號, with leading zeros, which has nothing to do with the pseudonym."""
    return f"00{7_000 - 13 * STUDENTS.index(student)}"


def person(student: str) -> Person:
    """An invented student's row."""
    serial = STUDENTS.index(student) + 1
    name = f"{'林陳黃張李'[serial - 1]}{'子丑寅卯辰'[serial - 1]}"
    level = {"115": "10a", "114": "11a", "113": "12a"}[student[1:4]]
    return Person(student, number(student), name, id_number(serial), f"2010-05-{serial:02}", level, str(serial), {})


def demo(folder: Path) -> tuple[Path, Registry]:
    """The demo school and, beside it, its identity table."""
    school = folder / "school"
    shutil.copytree(ROOT / "content", school / "content", ignore=shutil.ignore_patterns("handbook"))
    registry = Registry.at(folder / "registry")
    people = tuple(sorted(map(person, STUDENTS)))
    registry.table.write_bytes(IdentityTable(registry.recipients, people).sealed())
    registry.table.chmod(0o600)
    return school, registry
