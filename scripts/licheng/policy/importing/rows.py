"""Rows of a sheet: each cell read by its column, and every one that cannot be told with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from licheng.policy.cells import CellFault, narrow, shape, text
from licheng.policy.importing.kinds import Column, ImportKind, RefusedRowError
from licheng.policy.importing.mapping import ColumnMap, Places, Rows
from licheng.policy.privacy import names_somebody

_SEPARATORS = re.compile(r"[、,，;；/\n]+")
_LONGEST = 40  # of a value that is told


@dataclass(frozen=True)
class ListTable:
    """A sheet of a file, and where it holds what.

    Attributes:
        file: its name, as errors call it.
        sheet: its name.
        rows: row n is rows[n - 1].
        formulas: row and column, from 1, of cells whose formula has no stored value.
        places: where it holds what.
        said: what the school says of it.
    """

    file: str
    sheet: str
    rows: Rows
    formulas: frozenset[tuple[int, int]]
    places: Places
    said: ColumnMap

    def cell(self, number: int, column: str) -> Any:
        """What stands in a row below a column's heading; None where it is blank or the sheet has no such column."""
        index = self.places.columns.get(column)
        row = self.rows[number - 1]
        value = row[index] if index is not None and index < len(row) else None
        return None if isinstance(value, str) and not value.strip() else value

    def is_formula(self, number: int, column: str) -> bool:
        """Whether a cell has a formula whose value is not known."""
        index = self.places.columns.get(column)
        return index is not None and (number, index + 1) in self.formulas

    def is_blank(self, number: int) -> bool:
        """Whether a row says nothing, in any of our columns."""
        return all(
            self.cell(number, name) is None and not self.is_formula(number, name) for name in self.places.columns
        )


class Row(NamedTuple):
    """A row as read: what its cells say, by column."""

    table: ListTable
    number: int
    values: Mapping[str, Any]


class RefusedCell(NamedTuple):
    """A cell that cannot be taken.

    Attributes:
        file, sheet, row: where; the row as the workbook counts.
        place: its letter, empty of a column that the sheet does not have.
        column: our name of it.
        heading: what stands above it.
        kind: a label of `cell_fault`.
        shown: its value, or its shape where it could tell who somebody is.
        values: what the words of the fault are filled with.
    """

    file: str
    sheet: str
    row: int
    place: str
    column: str
    heading: str
    kind: str
    shown: str
    values: Mapping[str, Any]


def read(table: ListTable, kind: ImportKind) -> tuple[list[Row], list[RefusedCell]]:
    """All rows that are not blank, and every cell that cannot be read."""
    rows, bad = list[Row](), list[RefusedCell]()
    for number in range(table.places.heading[-1] + 1, len(table.rows) + 1):
        if table.is_blank(number):
            continue
        values = dict[str, Any]()
        for column in kind.columns:
            value = _value(table, number, column)
            if isinstance(value, CellFault):
                bad.append(bad_cell(table, number, column, value.kind, low=value.low, high=value.high))
            elif value is not None:
                values[column.name] = value
        rows.append(Row(table, number, values))
    return rows, bad


def _value(table: ListTable, number: int, column: Column) -> Any:
    """What a cell says, None if nothing does; or why it says nothing."""
    if table.is_formula(number, column.name):
        return CellFault("formula")
    cell = table.cell(number, column.name)
    if cell is None:
        cell = table.said.values.get(column.name)
    if cell is None:
        return CellFault("empty") if column.needed else None
    words = table.said.words.get(column.name)
    if words and isinstance(cell, str | int):  # the school's words in ours
        if column.is_several:
            cell = "、".join(str(words.get(narrow(name), name)) for name in names_in(str(cell)))
        else:
            cell = words.get(narrow(str(cell)), cell)
    return column.read(cell)


def names_in(cell: str) -> list[str]:
    """The names of a cell that holds several: `t012、t013`."""
    return [name for part in _SEPARATORS.split(cell) if (name := " ".join(part.split()))]


def refused(row: Row, kind: ImportKind, error: RefusedRowError) -> RefusedCell:
    """The cell for which a row cannot be taken."""
    return bad_cell(row.table, row.number, kind.column(error.column), error.kind, **error.values)


def bad_cell(table: ListTable, number: int, column: Column, kind: str, **values: Any) -> RefusedCell:
    """A cell with its place, told by its shape where it could tell who somebody is."""
    index = table.places.columns.get(column.name)
    heading = table.places.headings[index] if index is not None else ""
    cell = table.cell(number, column.name)
    content = as_text(cell)
    hidden = column.is_identity or names_somebody(content)
    shown = shape(content) if hidden else content[:_LONGEST] + "…" * (len(content) > _LONGEST)
    place = letters(index) if index is not None else ""
    return RefusedCell(table.file, table.sheet, number, place, column.name, heading, kind, shown, values)


def as_text(cell: Any) -> str:
    """A cell as a spreadsheet shows it, near enough to find it again."""
    plain = str(cell).upper() if isinstance(cell, bool) else text(cell)
    return str(cell) if isinstance(plain, CellFault) else plain


def letters(index: int) -> str:
    """A column as a spreadsheet calls it: 0 is A, 26 is AA."""
    text, left = "", index + 1
    while left:
        left, rest = divmod(left - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
