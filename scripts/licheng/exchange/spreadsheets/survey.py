"""What a workbook's cells look like before their values are read: how many, where, which are errors, which are hidden.

`python-calamine` gives an empty text for a cell of an error (#N/A) and for a formula that nobody has calculated, and it
sets up a sheet's whole area, however far away its last cell is. So each format is looked through first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from licheng.core.errors import UsageError

Cell: TypeAlias = tuple[int, int]  # row and column, from 1

MOST = {  # of a file that a school gives us
    "bytes": 50_000_000,
    "unpacked": 400_000_000,  # bytes of all parts of a packed workbook
    "parts": 2_000,
    "sheets": 100,
    "rows": 300_000,  # of one sheet
    "columns": 500,
    "cells": 5_000_000,  # rows times columns of all sheets
}


class DamagedError(ValueError):
    """A file is not made as its format says."""


def limit(path: Path, what: str, number: int) -> None:
    """Refuse more than there may be.

    Raises:
        UsageError: APP222.
    """
    if number > MOST[what]:
        raise UsageError("APP222", path=str(path), case=what, found=number, most=MOST[what])


@dataclass
class Survey:
    """A sheet as looked through.

    Attributes:
        path: of its file, for errors.
        rows: the last row that has a filled cell.
        columns: the last such column.
        errors: by cell the error that it shows, `#N/A`.
        uncalculated: cells of formulas without a stored value.
        hidden_rows: that have a filled cell.
        hidden_columns: likewise.
        concealed: spans of columns that are hidden, whatever they hold.
    """

    path: Path
    rows: int = 0
    columns: int = 0
    errors: dict[Cell, str] = field(default_factory=dict)
    uncalculated: set[Cell] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    concealed: list[range] = field(default_factory=list)

    def fill(self, row: int, column: int, *, in_hidden_row: bool = False) -> None:
        """Take note of a cell that holds something.

        Raises:
            UsageError: APP222, it lies too far away.
        """
        if row > self.rows:
            limit(self.path, "rows", row)
            self.rows = row
        if column > self.columns:
            limit(self.path, "columns", column)
            self.columns = column
        if in_hidden_row:
            self.hidden_rows.add(row)
        if self.concealed and any(column in span for span in self.concealed):
            self.hidden_columns.add(column)


def check_area(path: Path, surveys: Sequence[Survey]) -> None:
    """Refuse more sheets, or more cells in all, than there may be.

    Raises:
        UsageError: APP222.
    """
    limit(path, "sheets", len(surveys))
    limit(path, "cells", sum(survey.rows * survey.columns for survey in surveys))
