"""Workbooks and CSV files of a school, as sheets of values: Excel's `.xlsx` and `.xls`, OpenDocument's `.ods`, CSV.

Values are as the file has them: a number is one, a text stays one. What they mean is read by `licheng.policy.cells`.
"""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets import delimited, sorts
from licheng.exchange.spreadsheets.survey import limit
from licheng.policy.cells import Value as Value

if TYPE_CHECKING:
    from licheng.sources.confined import Confined

_TAGS: Mapping[str, Callable[[str], date | time]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}
_MEMORY, _SECONDS = 3 << 30, 120.0  # for a workbook of 5 million cells


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
        LichengError: APP064, the process that reads workbooks cannot be started.
    """
    limit(path, "bytes", len(data))
    if not sorts.is_workbook(data):
        if (case := sorts.of_start(data)) is not None:
            raise UsageError("APP220", path=str(path), case=case)
        rows = delimited.rows_of(delimited.decoded(data, path), path)
        return (Sheet(path.stem, rows, delimited.formulas_of(rows)),)
    from licheng.sources.confined import OverLimitError

    try:
        answer = _reader().ask("licheng.exchange.spreadsheets.child:read", data, path=str(path))
    except OverLimitError as error:
        raise UsageError("APP220", path=str(path), case="damaged") from error
    if answer.value is not None:
        raise UsageError(answer.value["code"], **answer.value["values"])
    return tuple(
        Sheet(name, rows, frozenset((row, column) for row, column in formulas))
        for name, rows, formulas in json.loads(answer.data, object_hook=_untagged)
    )


def _untagged(tagged: Mapping[str, str]) -> date | time:
    """A day or a time as JSON holds it, as it was."""
    [(name, text)] = tagged.items()
    return _TAGS[name](text)


@cache
def _reader() -> Confined:
    """The process that reads workbooks, one after the other; it begins at the first."""
    from licheng.sources.confined import Confined, Limits

    reader = Confined(Limits(memory=_MEMORY, processor=_SECONDS, wall=3 * _SECONDS, answer=_MEMORY // 6))
    atexit.register(reader.end)
    return reader
