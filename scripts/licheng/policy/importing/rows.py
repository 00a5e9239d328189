"""Rows of a sheet: each cell read by its column, and every one that cannot be told with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from licheng.policy.cells import CellFault, narrow, shape
from licheng.policy.importing.kinds import Column, ImportKind, RefusedError
from licheng.policy.importing.mapping import ColumnMap, Places, Rows
from licheng.policy.privacy import names_somebody

_SEPARATORS = re.compile(r"[、,，;；/\n]+")
_LONGEST = 40  # of a value that is told


@dataclass(frozen=True)
class Table:
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


class Row(NamedTuple):
    """A row as read: what its cells say, by column."""

    table: Table
    number: int
    values: Mapping[str, Any]


class BadCell(NamedTuple):
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


def read(table: Table, kind: ImportKind) -> tuple[list[Row], list[BadCell]]:
    """All rows that are not blank, and every cell that cannot be read."""
    rows, bad = list[Row](), list[BadCell]()
    for number in range(table.places.heading[-1] + 1, len(table.rows) + 1):
        if all(table.cell(number, column) is None for column in table.places.columns) and not _formulas(table, number):
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


def _value(table: Table, number: int, column: Column) -> Any:
    """What a cell says, None if nothing does; or why it says nothing."""
    index = table.places.columns.get(column.name)
    if index is not None and (number, index + 1) in table.formulas:
        return CellFault("formula")
    cell = table.cell(number, column.name)
    if cell is None:
        cell = table.said.values.get(column.name)
    if cell is None:
        return CellFault("empty") if column.needed else None
    return column.read(_worded(cell, column, table.said.words.get(column.name, {})))


def _worded(cell: Any, column: Column, words: Mapping[str, Any]) -> Any:
    """The cell with the school's words in ours."""
    if not words or not isinstance(cell, str | int):
        return cell
    if column.is_several:
        return "、".join(str(words.get(narrow(name), name)) for name in names_in(str(cell)))
    return words.get(narrow(str(cell)), cell)


def names_in(cell: str) -> list[str]:
    """The names of a cell that holds several: `t012、t013`."""
    return [name for part in _SEPARATORS.split(cell) if (name := " ".join(part.split()))]


def _formulas(table: Table, number: int) -> list[int]:
    return [index for index in table.places.columns.values() if (number, index + 1) in table.formulas]


def refused(row: Row, kind: ImportKind, error: RefusedError) -> BadCell:
    """The cell for which a row cannot be taken."""
    return bad_cell(row.table, row.number, kind.column(error.column), error.kind, **error.values)


def bad_cell(table: Table, number: int, column: Column, kind: str, **values: Any) -> BadCell:
    """A cell with its place, told by its shape where it could tell who somebody is."""
    index = table.places.columns.get(column.name)
    heading = table.places.headings[index] if index is not None else ""
    cell = table.cell(number, column.name)
    text = "" if cell is None else str(cell)
    hidden = column.is_identity or names_somebody(text)
    shown = shape(text) if hidden else text[:_LONGEST] + "…" * (len(text) > _LONGEST)
    place = letters(index) if index is not None else ""
    return BadCell(table.file, table.sheet, number, place, column.name, heading, kind, shown, values)


def letters(index: int) -> str:
    """A column as a spreadsheet calls it: 0 is A, 26 is AA."""
    text, left = "", index + 1
    while left:
        left, rest = divmod(left - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
