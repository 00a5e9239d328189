"""What the process does that reads a workbook: look it through, read its values, hand both back as JSON.

A damaged `.xls` can make calamine ask for a terabyte, or panic; neither may end the command (`sources/confined`).
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets import compound, excel, old_excel, opendocument, package, sorts
from licheng.exchange.spreadsheets.survey import DamagedError, Survey, check_area


def read(data: bytes, path: str) -> tuple[Mapping[str, Any] | None, bytes]:
    """All visible sheets of a workbook as JSON, or the code and the values of the error that it is.

    Args:
        data: the file, a zip or a container of old Office.
        path: what errors call it.
    """
    try:
        sheets = _sheets(data, Path(path), _surveys(data, Path(path)))
    except UsageError as error:
        return {"code": error.code, "values": error.values}, b""
    except (DamagedError, IndexError, struct.error):
        return {"code": "APP220", "values": {"path": path, "case": "damaged"}}, b""
    return None, json.dumps(sheets, default=lambda moment: {type(moment).__name__: moment.isoformat()}).encode()


def _surveys(data: bytes, path: Path) -> list[Survey]:
    if not data.startswith(b"PK"):
        return list(old_excel.surveys(sorts.workbook_of(compound.streams(data), path), path))
    with package.parts_of(data) as parts:
        package.check_sizes(parts, path)
        look_through = excel.surveys if sorts.of_package(parts, path) == sorts.XLSX else opendocument.surveys
        return list(look_through(parts, path))


def _sheets(data: bytes, path: Path, surveys: Sequence[Survey]) -> list[Sequence[Any]]:
    """The values of a workbook that was looked through.

    Raises:
        UsageError: APP221, APP222, APP223.
        DamagedError: calamine cannot read it, or sees other sheets.
    """
    check_area(path, surveys)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            about = workbook.sheets_metadata
            if len(about) != len(surveys):
                raise DamagedError("sheets")
            return [
                _sheet(each.name, workbook.get_sheet_by_index(index).to_python(skip_empty_area=False), survey)
                for index, (each, survey) in enumerate(zip(about, surveys, strict=True))
                if each.visible == SheetVisibleEnum.Visible
            ]
    except PasswordError as error:
        raise UsageError("APP221", path=str(path)) from error
    except CalamineError as error:
        raise DamagedError("calamine") from error


def _sheet(name: str, rows: Iterable[Sequence[object]], survey: Survey) -> Sequence[Any]:
    """Name, rows and formulas of a sheet, its errors where calamine says nothing."""
    for case, hidden in (("rows", survey.hidden_rows), ("columns", survey.hidden_columns)):
        if hidden:
            raise UsageError("APP223", path=str(survey.path), sheet=name, case=case, first=min(hidden))
    values = [list(map(_value, row)) for row in rows]
    for (row, column), error in survey.errors.items():
        if row > len(values) or column > len(values[row - 1]):
            raise DamagedError(name)
        values[row - 1][column - 1] = error
    return name, values, sorted(survey.uncalculated)


def _value(value: object) -> object:
    """A value as calamine gives it: an empty text is nothing, a span of time is what Excel shows."""
    if value == "":
        return None
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return value
