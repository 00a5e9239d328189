"""The agency's rosters (名冊): where the value of each column comes from.

Sheets, columns and their order are the agency's, and lie in `content/rulebook/agency/` by date. Where a column's value
comes from depends on this program's own records, so that table is the program's (`exchange/rosters.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from licheng.core.rulebook import AgencyLayer

IDENTITY = "identity"
DERIVED = "derived"


class Source(NamedTuple):
    """Where a value comes from.

    Attributes:
        of: a kind of record, `identity` (the registrar's table) or `derived`.
        name: the field as its schema's page writes it (`marks[].passed`), the table's column, the derivation.
    """

    of: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Source:
        """Of `marks:marks[].passed`."""
        of, _, name = text.partition(":")
        return cls(of, name)


class RosterSheet(NamedTuple):
    """A sheet of a roster.

    Attributes:
        rows: the kind of record that gives the rows.
        chosen: which of them: by `mode` of the course or by `category` of the activity; empty for all.
        columns: the source of each column, by the agency's name for it.
    """

    rows: str
    chosen: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Source]

    @property
    def entries(self) -> str:
        """The list in the record whose every entry is a row (`marks`, `visits`); empty where the record is one."""
        inside = (source.name.partition("[].") for source in self.columns.values() if source.of == self.rows)
        return next((field for field, mark, _ in inside if mark), "")

    def takes(self, traits: Mapping[str, str]) -> bool:
        """Whether something of this mode and category goes into it."""
        return all(traits[name] in values for name, values in self.chosen.items())


class Homes(NamedTuple):
    """The whole table.

    Attributes:
        sheets: by roster and sheet.
        derivations: what each reads.
        cover: what a column of the cover says, by the agency's name for it: `school`, `year`, `half` or `code`.
        identity: the sources of the columns that begin every sheet.
    """

    sheets: Mapping[str, Mapping[str, RosterSheet]]
    derivations: Mapping[str, tuple[Source, ...]]
    cover: Mapping[str, str]
    identity: Mapping[str, Source]

    def source(self, roster: str, sheet: str, column: str) -> Source | None:
        """Where a column's value comes from; None for one that the agency has and this program does not know."""
        own = self.sheets.get(roster, {}).get(sheet)
        return own.columns.get(column) if own is not None else None

    def rows_of(self, roster: str) -> str:
        """The kind of record that gives the rows of a roster."""
        return next((sheet.rows for sheet in self.sheets.get(roster, {}).values()), "")

    def is_home(self, roster: str, mode: str) -> bool:
        """Whether a mark of a course taken in that mode belongs in a roster; of no known mode, with regular ones."""
        modes = {name: {each for sheet in sheets.values() for each in sheet.chosen.get("mode", ())}
                 for name, sheets in self.sheets.items()}  # fmt: skip
        return (mode if mode in set().union(*modes.values()) else "regular") in modes[roster]


class RosterColumn(NamedTuple):
    """A column as a layer of the agency's rules has it."""

    roster: str
    sheet: str
    name: str


def columns(layer: AgencyLayer) -> Iterator[RosterColumn]:
    """All columns of a layer's rosters, in the agency's order."""
    for roster in layer.record.data.get("rosters", ()):
        for sheet in roster["sheets"]:
            for name in sheet["columns"]:
                yield RosterColumn(roster["id"], sheet["name"], name)
