"""Workbooks and CSV files of a school, as sheets of values: Excel's `.xlsx` and `.xls`, OpenDocument's `.ods`, CSV.

Values are as the file has them: a number is one, a text stays one. What they mean is read by `licheng.policy.cells`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import NamedTuple

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets import compound, delimited, excel, old_excel, opendocument, package, sorts
from licheng.exchange.spreadsheets.survey import DamagedError, Survey, check_area, limit
from licheng.policy.cells import Value as Value


class Sheet(NamedTuple):
    """A sheet that people see.

    Attributes:
        name: as its tab says; of a CSV, the file's name without its suffix.
        rows: row n of the workbook is `rows[n - 1]`, from its column A on; an error is its text (`#N/A`).
        formulas: cells (row and column, from 1) of formulas without a stored value: what they show is not known.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    formulas: frozenset[tuple[int, int]]


def sheets(data: bytes, path: Path) -> tuple[Sheet, ...]:
    """All visible sheets of a file, hidden ones left out.

    Args:
        data: the file.
        path: what errors call it.

    Raises:
        UsageError: APP220, it is no workbook or CSV, or a damaged one; APP221, it asks for a password; APP222, it is
            larger than a school's list can be; APP223, rows or columns that hold something are hidden; APP224, it is
            a text in an unknown encoding, or with an open quotation mark.
    """
    limit(path, "bytes", len(data))
    if not data.strip():
        raise UsageError("APP220", path=str(path), case="empty")
    try:
        if data.startswith(b"PK"):
            return _of_package(data, path)
        if sorts.is_container(data):
            return _of_container(data, path)
    except DamagedError as error:
        raise UsageError("APP220", path=str(path), case="damaged") from error
    if (case := sorts.of_start(data)) is not None:
        raise UsageError("APP220", path=str(path), case=case)
    rows = delimited.rows_of(delimited.decoded(data, path), path)
    return (Sheet(path.stem, rows, delimited.formulas_of(rows)),)


def _of_package(data: bytes, path: Path) -> tuple[Sheet, ...]:
    with package.parts_of(data) as parts:
        package.check_sizes(parts, path)
        look_through = excel.surveys if sorts.of_package(parts, path) == sorts.XLSX else opendocument.surveys
        return _sheets(data, path, list(look_through(parts, path)))


def _of_container(data: bytes, path: Path) -> tuple[Sheet, ...]:
    streams = compound.streams(data)
    sorts.of_container(frozenset(streams), path)
    stream = streams.get("Workbook") or streams["Book"]
    return _sheets(data, path, list(old_excel.surveys(stream, path)))


def _sheets(data: bytes, path: Path, surveys: Sequence[Survey]) -> tuple[Sheet, ...]:
    """The values of a workbook that was looked through, all of its visible sheets.

    Raises:
        DamagedError: calamine cannot read it, or sees other sheets.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum  # nobody else needs it

    check_area(path, surveys)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            about = workbook.sheets_metadata
            if len(about) != len(surveys):
                raise DamagedError("sheets")
            return tuple(
                _sheet(each.name, workbook.get_sheet_by_index(index).to_python(skip_empty_area=False), survey)
                for index, (each, survey) in enumerate(zip(about, surveys, strict=True))
                if each.visible == SheetVisibleEnum.Visible
            )
    except PasswordError as error:
        raise UsageError("APP221", path=str(path)) from error
    except CalamineError as error:
        raise DamagedError("calamine") from error


def _sheet(name: str, rows: Iterable[Sequence[object]], survey: Survey) -> Sheet:
    """A sheet with its errors put where calamine says nothing.

    Raises:
        UsageError: APP223.
    """
    for case, hidden in (("rows", survey.hidden_rows), ("columns", survey.hidden_columns)):
        if hidden:
            raise UsageError("APP223", path=str(survey.path), sheet=name, case=case, first=min(hidden))
    values = [list(map(_value, row)) for row in rows]
    for (row, column), error in survey.errors.items():
        values[row - 1][column - 1] = error
    return Sheet(name, values, frozenset(survey.uncalculated))


def _value(value: object) -> Value:
    """A value as calamine gives it: an empty text is nothing, a span of time is what Excel shows."""
    if value == "" or value is None:
        return None
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    assert isinstance(value, str | int | float | date | time)  # noqa: S101
    return value
