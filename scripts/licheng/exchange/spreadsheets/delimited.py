"""CSV as Excel and 校務系統 write it: UTF-8, Big5 or UTF-16, parted by commas or tabs."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets.survey import limit

_AS_TEXT = re.compile(r'="([^"]*)"')  # how leading zeros are kept from Excel


def decoded(data: bytes, path: Path) -> str:
    """The text of a file.

    Raises:
        UsageError: APP224, it is in none of these encodings.
    """
    is_marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encodings = ("utf-16",) if is_marked else ("utf-8-sig", "cp950")  # the last is Excel's plain "CSV" in Taiwan
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UsageError("APP224", path=str(path))


def rows_of(text: str, path: Path) -> list[list[str | None]]:
    """All rows; `="007"` is the text 007.

    Raises:
        UsageError: APP222, it has too many; APP224, a quotation mark is not closed, or closed too early.
    """
    line = text[: text.find("\n")]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in line else ",", strict=True)
    rows = list[list[str | None]]()
    columns = 0
    try:
        for row in reader:
            columns = max(columns, len(row))
            limit(path, "columns", columns)
            limit(path, "rows", len(rows) + 1)
            rows.append([_AS_TEXT.sub(r"\1", cell) if cell.startswith('="') else cell or None for cell in row])
    except csv.Error as error:
        raise UsageError("APP224", path=str(path), case="quotes", line=reader.line_num) from error
    limit(path, "cells", columns * len(rows))
    return rows


def formulas_of(rows: Sequence[Sequence[str | None]]) -> frozenset[tuple[int, int]]:
    """Cells that a spreadsheet would take for formulas: nobody has calculated them."""
    return frozenset(
        (row, column)
        for row, cells in enumerate(rows, start=1)
        for column, cell in enumerate(cells, start=1)
        if cell is not None and re.match(r"=\s*[-+\w(@'\"]", cell)
    )
