"""The cells of a row: where the program's table says that a value comes from, and how the agency writes it.

Every cell is text. What is not known is empty: a code that no list tells, a mark that is a state (免修, 缺考).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from licheng.core.dates import day
from licheng.core.person import Person
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy.enrolment import EnrolmentState, place_on, standing
from licheng.policy.exporting.asked import AskedRoster, class_entries
from licheng.policy.exporting.outcomes import Candidate
from licheng.policy.rosters import DERIVED, IDENTITY, Homes, Source

_MINGUO = 1911
_LOWEST = 10  # the year level that the agency's rules tell how to write
FILES = "files"  # the folder beside the workbook


class RosterFile(NamedTuple):
    """A file of an item that has a column.

    Attributes:
        path: of the file, from the repository's root.
        link: where it lies beside the workbook, and what the cell says. It tells the digest, and nobody's name.
    """

    path: str
    link: str
    sha256: str


def sent_files(item: Record) -> tuple[RosterFile | None, RosterFile | None]:
    """The first document and the first audio or video: a row has one column for each."""
    listed = item.data.get("attachments", ())
    media = [entry for entry in listed if entry["type"].startswith(("audio/", "video/"))]
    documents = [entry for entry in listed if entry not in media]
    return _first(item, documents), _first(item, media)


def _first(item: Record, entries: list[Mapping[str, Any]]) -> RosterFile | None:
    for entry in entries:
        extension = entry["name"].rpartition(".")[2].lower()
        link = f"{FILES}/{entry['sha256'][:32]}.{extension}"
        return RosterFile(f"{item.folder}/{entry['name']}", link, entry["sha256"])
    return None


@dataclass(frozen=True, eq=False)
class RosterRow:
    """An exported candidate, and all that its cells are made of."""

    asked: AskedRoster
    candidate: Candidate
    item: Record
    person: Person
    school: School

    @property
    def course(self) -> Mapping[str, Any]:
        """The student's own record of the course."""
        return self.candidate.course

    @property
    def term(self) -> Term:
        """In which the course was taken."""
        return self.item.term or self.asked.term

    @cached_property
    def offered(self) -> Mapping[str, Any]:
        """The course by the offerings of the term in which it was taken."""
        return self.school.offerings.get(self.term, {}).get(self.course.get("course", ""), {})

    @cached_property
    def original(self) -> Mapping[str, Any]:
        """The course of before: by its own details, or by the offerings of its term."""
        term, course = self.original_term, self.course.get("original_course", self.course.get("course", ""))
        offered = self.school.offerings.get(term, {}).get(course, {}) if term is not None else {}
        return {**offered, **self.course.get("original", {})}

    @property
    def original_term(self) -> Term | None:
        """In which the course of before was taken, or should have been."""
        text = self.course.get("original_term")
        return Term.parse(text) if text is not None else None

    @property
    def place(self) -> tuple[int, str]:
        """Year level and class."""
        return place_on(self.candidate.student, self.asked.on) or (0, "")

    @property
    def standing(self) -> EnrolmentState | None:
        """學籍狀態 on the roster's day."""
        own = self.candidate.student.one("student")
        return standing(own, self.asked.on) if own is not None else None

    def of_class(self, name: str) -> Any:
        """What the class or the programme has of that name."""
        return next((entry[name] for entry in self.entries if name in entry), "")

    @cached_property
    def entries(self) -> tuple[Mapping[str, Any], ...]:
        """What `school.yaml` says of the student's class, then of the programme."""
        return tuple(class_entries(self.candidate.student, self.school, self.asked.on))

    @property
    def school_code(self) -> str:
        """The ministry's code."""
        return school_code(self.school)

    @cached_property
    def files(self) -> tuple[RosterFile | None, RosterFile | None]:
        """The document and the audio or video that go out with it."""
        return sent_files(self.item)


def school_code(school: School) -> str:
    """學校代碼; empty without a record of the school."""
    own = school.one("school")
    return str(own.data["code"]) if own is not None else ""


def _own_term(row: RosterRow) -> Term:
    return Term.parse(row.item.data["term"])


def _link(file: RosterFile | None) -> str:
    return file.link if file is not None else ""


# How each derivation of the program's table is made; its words are on the page of rosters.
DERIVATIONS: Mapping[str, Callable[[RosterRow], Any]] = {
    "year-level": lambda row: row.place[0] or "",
    "class-name": lambda row: row.person.class_name or row.place[1],
    "class-type": lambda row: row.of_class("class_type"),
    "division": lambda row: row.of_class("division"),
    "enrolment-state": lambda _: "",  # 學籍狀態 is a code, and no list of these codes is known
    "enrolment-changed-on": lambda row: row.standing.since if row.standing is not None else "",
    "home-school": lambda row: row.candidate.entry.get("home_school", row.school_code),
    "course-code": lambda row: row.offered.get("code", row.original.get("code", "")),
    "subject": lambda row: row.offered.get("subject", row.original.get("subject", "")),
    "course-level": lambda row: row.course.get("level", row.offered.get("level", row.original.get("level", ""))),
    "credits": lambda row: row.course.get("credits", ""),
    "periods": lambda row: row.course.get("periods", ""),
    "original-school": lambda row: row.original.get("school", row.school_code),
    "original-year": lambda row: row.original_term.year if row.original_term is not None else "",
    "original-half": lambda row: row.original_term.half if row.original_term is not None else "",
    "original-code": lambda row: row.original.get("code", ""),
    "original-subject": lambda row: row.original.get("subject", ""),
    "original-level": lambda row: row.original.get("level", ""),
    "original-credits": lambda row: row.original.get("credits", ""),
    "original-periods": lambda row: row.original.get("periods", row.course.get("periods", "")),
    "year-taken": lambda row: row.term.year,
    "half-taken": lambda row: row.term.half,
    "transferred-mark": lambda row: row.candidate.entry.get("transferred_mark", row.candidate.entry.get("mark", "")),
    "document-of-output": lambda row: _link(row.files[0]),
    "media-of-output": lambda row: _link(row.files[1]),
    "year-of-activity": lambda row: _own_term(row).year,
    "half-of-activity": lambda row: _own_term(row).half,
    "document-of-activity": lambda row: _link(row.files[0]),
    "media-of-activity": lambda row: _link(row.files[1]),
}
_LEVELS = frozenset({"year-level", "course-level", "original-level"})
# What an item may well lack: its columns are empty where nobody has it.
OPTIONAL = frozenset({"document-of-output", "media-of-output", "document-of-activity", "media-of-activity", "link"})
# Fields that are days, of which records hold texts as of any other.
DAYS = frozenset({"starts", "ends", "on", "announced_on", "obtained_on", "born", "indigenous_valid_until"})


class UnknownColumnError(ValueError):
    """The agency has a column of which the program does not know where its value is from."""

    def __init__(self, sheet: str, column: str) -> None:
        super().__init__(sheet, column)
        self.sheet, self.column = sheet, column


def sources(asked: AskedRoster, sheet: Mapping[str, Any], homes: Homes) -> Mapping[str, Source]:
    """The columns of a sheet in the agency's order, with their sources; first the identity columns that it lacks.

    Raises:
        UnknownColumnError: there is none for a column.
    """
    first = [column for column in asked.workbook["identity"] if column not in sheet["columns"]]
    named = {column: homes.identity.get(column) for column in first}
    named |= {column: homes.source(asked.id, sheet["name"], column) for column in sheet["columns"]}
    known = {column: source for column, source in named.items() if source is not None}
    if (unknown := next((column for column in named if column not in known), None)) is not None:
        raise UnknownColumnError(sheet["name"], unknown)
    return known


def cover(asked: AskedRoster, school: School, homes: Homes) -> Iterator[str]:
    """The values of the cover, in the order of its columns.

    Raises:
        UnknownColumnError: as above.
    """
    says = {"school": school_code(school), "year": str(asked.year), "half": str(asked.half), "code": asked.code}
    form = asked.workbook["cover"]
    for column in form["columns"]:
        if column not in homes.cover:
            raise UnknownColumnError(form["name"], column)
        yield says[homes.cover[column]]


def cell(row: RosterRow, source: Source, sheet: Mapping[str, Any]) -> str:
    """The text of a cell.

    Args:
        row: what it is about.
        source: where the value is from.
        sheet: the agency's form of it, which may write its own days in a way of its own.
    """
    value, usual = _value(row, source), row.asked.workbook["dates"]
    dates = usual if source.of == IDENTITY else sheet.get("dates", usual)
    field = source.name.rpartition(".")[2]
    if isinstance(value, bool):
        return str(row.asked.workbook["true_code" if value else "false_code"])
    if isinstance(value, date) or (field in DAYS and value):
        on = value if isinstance(value, date) else day(value)
        if dates == "minguo":
            return f"{on.year - _MINGUO:03}{on:%m%d}"
        return on.isoformat().replace("-", "/" if dates == "slashes" else "-")
    if source.of == DERIVED and source.name in _LEVELS and value:
        return str(int(value) - _LOWEST + row.asked.workbook["first_level"])
    return str(value)


def _value(row: RosterRow, source: Source) -> Any:
    listed, inside, field = source.name.rpartition("[].")
    if source.of == DERIVED:
        return DERIVATIONS[source.name](row)
    if source.of == IDENTITY:
        return getattr(row.person, source.name)
    if source.of == "course-records":
        return row.course.get(field, "")
    if source.of == "school":
        # The cluster and the code are the programme's, whatever the class; an experiment is the class's own.
        return row.of_class(field)
    return (row.candidate.entry if inside and listed else row.item.data).get(field, "")
