"""A whole roster: its sheets row by row, who was left out and why, and which columns say nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from licheng.core.person import Person
from licheng.core.school import School
from licheng.policy.exporting.asked import AskedRoster
from licheng.policy.exporting.cells import OPTIONAL, RosterFile, RosterRow, cell, cover, sources
from licheng.policy.exporting.outcomes import Candidate, Exclusion, Outcome
from licheng.policy.rosters import Homes

Rows = list[list[str]]


class CheckedLine(NamedTuple):
    """A line of the self-check: a candidate and what became of it.

    Attributes:
        student: the pseudonym.
        row: of its sheet in the workbook, the heading is 1; 0 where it is not exported.
        files: links to what was sent with it.
    """

    student: str
    name: str
    sheet: str
    row: int
    exclusion: Exclusion | None
    files: tuple[str, str] = ("", "")


@dataclass
class FilledRoster:
    """A roster as it fills.

    Attributes:
        asked: what for.
        sheets: heading and rows of texts, by name and in the agency's order, the cover first.
        lines: the self-check, in the order of students.
        files: what goes beside the workbook, by its link.
        more_files: how many files of exported items have no column.
    """

    asked: AskedRoster
    school: School
    homes: Homes
    sheets: dict[str, Rows] = field(default_factory=dict)
    lines: list[CheckedLine] = field(default_factory=list)
    files: dict[str, RosterFile] = field(default_factory=dict)
    more_files: int = 0

    def __post_init__(self) -> None:
        form = self.asked.workbook["cover"]
        self.sheets[form["name"]] = [list(form["columns"]), [*cover(self.asked, self.school, self.homes)]]
        self._forms = {sheet["name"]: sheet for sheet in self.asked.form["sheets"]}
        self._sources = {name: sources(self.asked, sheet, self.homes) for name, sheet in self._forms.items()}
        self.sheets |= {name: [[*columns]] for name, columns in self._sources.items()}

    def add(self, outcomes: Iterable[Outcome], person: Person | None) -> None:
        """The outcomes of a student."""
        for candidate, exclusion in outcomes:
            if exclusion is not None or candidate.item is None or person is None:
                self._line(candidate, 0, exclusion)
                continue
            row, sheet = RosterRow(self.asked, candidate, candidate.item, person, self.school), candidate.sheet
            cells = [cell(row, source, self._forms[sheet]) for source in self._sources[sheet].values()]
            self.sheets[sheet].append(cells)
            sent = [file for file in row.files if file is not None]
            self.more_files += len(row.item.data.get("attachments", ())) - len(sent)
            document, media = (file.link if file is not None else "" for file in row.files)
            self._line(candidate, len(self.sheets[sheet]), None, (document, media))
            self.files |= {file.link: file for file in sent if file.link not in self.files}

    def _line(
        self, candidate: Candidate, row: int, exclusion: Exclusion | None, files: tuple[str, str] = ("", "")
    ) -> None:
        self.lines.append(CheckedLine(candidate.student.id, candidate.name, candidate.sheet, row, exclusion, files))

    @property
    def rows(self) -> int:
        """How many candidates are exported."""
        return sum(line.exclusion is None for line in self.lines)

    @property
    def left_out(self) -> Mapping[Exclusion, int]:
        """How many are not, by reason."""
        return Counter(line.exclusion for line in self.lines if line.exclusion is not None)

    @property
    def empty_columns(self) -> Mapping[str, tuple[str, ...]]:
        """Columns that should say something and have no value in any row, by sheet; of sheets that have rows."""
        empty: dict[str, tuple[str, ...]] = {}
        for name, (heading, *rows) in self.sheets.items():
            columns: dict[str, tuple[str, ...]] = dict(zip(heading, zip(*rows, strict=True), strict=False))
            homes = self._sources.get(name, {})
            named = (column for column, cells in columns.items() if not any(cells))
            unsaid = tuple(column for column in named if column not in homes or homes[column].name not in OPTIONAL)
            empty |= {name: unsaid} if unsaid else {}
        return empty
