"""Workbooks `.ods` (OpenDocument 1.3) looked through."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from licheng.exchange.spreadsheets.package import Attributes, parse
from licheng.exchange.spreadsheets.survey import DamagedError, Survey, limit

# As LibreOffice and Excel show it; nothing else tells an error from an empty text.
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|Err:[0-9]{3}", re.ASCII)
_HIDDEN = frozenset({"collapse", "filter"})
_CELLS = frozenset({"table-cell", "covered-table-cell"})


class _Content:
    """All sheets, as their cells pass."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.surveys: list[Survey] = []
        self.row = self.column = 1  # of the next
        self.rows = self.columns = 0  # how many alike
        self.concealed_up_to, self.is_hidden = 0, False
        self.cell: Attributes = {}
        self.shown, self.inside = "", 0  # what the cell's own paragraphs show; notes around

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "table":
            self.surveys.append(Survey(self.path))
            self.row, self.concealed_up_to = 1, 0
        elif name == "table-column" and self.surveys:
            first, self.concealed_up_to = self.concealed_up_to + 1, self.concealed_up_to + _alike(attributes, "columns")
            if attributes.get("visibility") in _HIDDEN:
                self.surveys[-1].concealed.append(range(first, self.concealed_up_to + 1))
        elif name == "table-row":
            self.rows, self.column = _alike(attributes, "rows"), 1
            self.is_hidden = attributes.get("visibility") in _HIDDEN
        elif name in _CELLS:
            self.columns, self.cell, self.shown = _alike(attributes, "columns"), attributes, ""
        elif name == "annotation":
            self.inside += 1

    def text(self, characters: str) -> None:
        if not self.inside and len(self.shown) < 20:
            self.shown += characters

    def end(self, name: str) -> None:
        if name == "annotation":
            self.inside -= 1
        elif name in _CELLS and self.surveys:
            if "value-type" in self.cell or "formula" in self.cell:
                self._fill(self.surveys[-1])
            self.column += self.columns
        elif name == "table-row":
            self.row += self.rows

    def _fill(self, survey: Survey) -> None:
        """A cell that holds something, as often as it is repeated."""
        limit(self.path, "cells", self.rows * self.columns)
        last = self.row + self.rows - 1
        for column in range(self.column, self.column + self.columns):
            survey.fill(last, column, in_hidden_row=self.is_hidden)
        cells = product(range(self.row, last + 1), range(self.column, self.column + self.columns))
        if self._is_error():
            survey.errors |= dict.fromkeys(cells, self.shown or "#")
        elif "value-type" not in self.cell:
            survey.uncalculated.update(cells)

    def _is_error(self) -> bool:
        """LibreOffice says so in an attribute of its own; of others' formulas the shown text tells."""
        shows_error = "formula" in self.cell and _ERROR.fullmatch(self.shown.strip()) is not None
        return shows_error or self.cell.get("value-type") == "error"


def surveys(package: zipfile.ZipFile, path: Path) -> Sequence[Survey]:
    """All sheets in their order.

    Raises:
        UsageError: APP222, a cell lies too far away.
        DamagedError: it is no such workbook.
    """
    content = _Content(path)
    parse(package, "content.xml", content.start, content.end, content.text)
    return content.surveys


def _alike(attributes: Attributes, what: str) -> int:
    """How many rows or columns are said at once."""
    text = attributes.get(f"number-{what}-repeated", "1")
    if not text.isdecimal() or len(text) > 8:
        raise DamagedError(text)
    return int(text)
