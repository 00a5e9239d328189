"""A school without students, its registrar's table, and three workbooks: what an import begins with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.command import licheng
from tests.importing import workbooks
from tests.people import Registry
from tests.trees import base, files_below

TUTOR = "t905"
DAY = ("--today", "2026-11-23")


@dataclass(frozen=True)
class Place:
    """A folder with the school, the registrar's folder and the workbooks in it."""

    top: Path

    @property
    def school(self) -> Path:
        """The school's root."""
        return self.top / "school"

    @property
    def registry(self) -> Registry:
        """The registrar's folder."""
        keys = (self.top / "registry/registrar.key", self.top / "registry/dean.key")
        return Registry(self.top / "registry", keys, ("", ""))

    @property
    def identities(self) -> tuple[str, ...]:
        """The options that open the table."""
        return self.registry.options

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command in the school."""
        return licheng(self.school, *arguments)

    def bring(self, kind: str, *more: str, file: str = "") -> subprocess.CompletedProcess[str]:
        """Import a workbook."""
        opens = () if kind in {"classes", "courses"} else self.identities
        path = self.top / (file or f"{kind}.xlsx")
        return self.run("import", kind, str(path), *opens, *DAY, *more)

    def record(self, number: str, name: str) -> Path:
        """A record of the student of a 學號."""
        student = self.registry.people()[number].student
        return self.school / f"content/students/{student[1:4]}/{student}/{name}"

    def files(self) -> Mapping[str, bytes]:
        """All of the school's records, by path."""
        return files_below(self.school / "content")


def found(top: Path, each: int = 2, classes: str = "a", subjects: workbooks.Subjects = workbooks.SUBJECTS) -> Place:
    """A school without students, with a table of `each` in every class and their workbooks."""
    for path, data in base().files.items():
        if path.startswith(("content/students", "content/certifications", "content/school/courses")):
            continue
        file = top / "school" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\n".join(line for line in data.split(b"\n") if b"s1139901" not in line))
    registry, place = Registry.at(top / "registry"), Place(top)
    students = workbooks.students(each, classes)
    workbooks.save(top / "students.xlsx", [workbooks.ENROLMENT, *students])
    workbooks.save(top / "courses.xlsx", [workbooks.OFFERINGS, *workbooks.courses(TUTOR, classes, subjects)])
    for name in ("course-records", "marks"):
        workbooks.save(top / f"{name}.xlsx", [workbooks.MARKS, *workbooks.marks(students, subjects)])
    assert place.run(*registry.new).returncode == 0
    done = place.run("identities", "import", str(top / "students.xlsx"), *place.identities)
    assert done.returncode == 0, done.stderr
    return place


def filled(place: Place) -> Place:
    """The same with everything brought in."""
    for kind in ("courses", "students", "course-records", "marks"):
        done = place.bring(kind)
        assert done.returncode == 0, done.stderr
    return place


def copied(place: Place, top: Path) -> Place:
    """A copy that may be spoilt."""
    shutil.copytree(place.top, top, dirs_exist_ok=True)
    return Place(top)
