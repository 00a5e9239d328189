"""Writes one student's records on the desk: under which author, on which day, in which commit.

In a small school every student commits for themselves; in a large one, the records of a class go into one
commit a term under the class tutor, so that the history stays a few hundred commits long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from licheng.demo.clock import TODAY
from licheng.demo.desk import Desk, DeskSheet
from licheng.demo.dice import Dice
from licheng.demo.emit import Fields, yaml_record
from licheng.demo.people import Cast, Stay, Student


@dataclass(frozen=True)
class Style:
    """How the plan is written.

    Attributes:
        seed: The seed of the plan.
        attachments: Whether items have files.
        by_class: Whether the commits of students are gathered by class.
        full: Whether texts have the length of a full portfolio's.
    """

    seed: int
    attachments: bool
    by_class: bool
    full: bool


class Pen:
    """Writes the records of one student, and remembers their bytes and their number."""

    def __init__(self, desk: Desk, cast: Cast, style: Style, student: Student) -> None:
        self.cast = cast
        self.style = style
        self.student = student
        self.records: dict[str, bytes] = {}
        self._desk = desk

    def dice(self, *keys: object) -> Dice:
        """Return a stream of draws of this student's own."""
        return Dice(self.style.seed, self.student.id, *keys)

    def staff_sheet(self, day: date, author: str, message: str, stay: Stay) -> DeskSheet:
        """Return the sheet on which a member of staff writes about many students at once."""
        return DeskSheet(day, author, f"{message} ({stay.class_})" if self.style.by_class else message)

    def month_sheet(self, day: date, author: str, message: str, stay: Stay) -> DeskSheet:
        """Return the sheet of a unit's month: what happened on `day` is written on the month's last day."""
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        written = min(following - timedelta(days=1), TODAY - timedelta(days=1))
        return self.staff_sheet(written, author, f"{message} of {day:%Y-%m}", stay)

    def own_sheet(self, day: date, spread: int, message: str, stay: Stay) -> DeskSheet:
        """Return the sheet on which the student writes, up to `spread` days before `day`."""
        if self.style.by_class:
            tutor = self.cast.tutor(stay.class_, stay.term.year)
            return DeskSheet(day, tutor, f"{message} of {stay.class_}")
        earlier = self.dice("sheet", message).below(spread + 1)
        return DeskSheet(day - timedelta(days=earlier), self.student.id, message)

    def record(self, sheet: DeskSheet, path: str, fields: Fields) -> bytes:
        """Write a YAML record; `path` is below the student's folder."""
        whole = f"{self.student.folder}/{path}"
        return self.put(sheet, path, yaml_record(whole, fields))

    def put(self, sheet: DeskSheet, path: str, data: bytes) -> bytes:
        """Write the bytes of a record; `path` is below the student's folder."""
        self.records[path] = data
        self.file(sheet, path, data)
        return data

    def file(self, sheet: DeskSheet, path: str, data: bytes) -> None:
        """Write a file that is no record of its own, such as an attachment."""
        self._desk.put(sheet, f"{self.student.folder}/{path}", data)
