"""Workbooks `.xls` (MS-XLS, BIFF8) looked through."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets.survey import DamagedError, Survey, limit

# Records (MS-XLS 2.3) that are asked for.
_BEGIN, _END, _SHEET, _LOCKED, _ROW, _COLUMNS, _AREA = 0x0809, 0x000A, 0x0085, 0x002F, 0x0208, 0x007D, 0x0200
_NUMBER, _TEXT, _SHARED_TEXT, _RICH_TEXT, _SHORT_NUMBER = 0x0203, 0x0204, 0x00FD, 0x00D6, 0x027E
_TRUTH_OR_ERROR, _FORMULA, _SHORT_NUMBERS = 0x0205, 0x0006, 0x00BD
_SINGLE = frozenset({_NUMBER, _TEXT, _SHARED_TEXT, _RICH_TEXT, _SHORT_NUMBER, _TRUTH_OR_ERROR, _FORMULA})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_HIDDEN_ROW, _HIDDEN_COLUMN, _CALCULATE_ON_LOAD = 0x20, 0x01, 0x02


class _Record(NamedTuple):
    type: int
    depth: int  # 1 is the sheet's own, 2 of a chart within
    body: bytes

    def number(self, offset: int) -> int:
        """A number of 16 bits."""
        return int(struct.unpack_from("<H", self.body, offset)[0])


def surveys(stream: bytes, path: Path) -> Iterator[Survey]:
    """All sheets in their order.

    Args:
        stream: `Workbook` of the container.
        path: what errors call it.

    Raises:
        UsageError: APP221, it asks for a password; APP222, a cell lies too far away.
        DamagedError: it is no such workbook.
    """
    offsets = []
    try:
        for record in _records(stream, 0):
            if record.type == _LOCKED:
                raise UsageError("APP221", path=str(path))
            if record.type == _SHEET:
                offsets.append(struct.unpack_from("<I", record.body)[0])
        for offset in offsets:
            yield _survey(stream, offset, path)
    except struct.error as error:
        raise DamagedError("record") from error


def _survey(stream: bytes, offset: int, path: Path) -> Survey:
    survey, hidden = Survey(path), set[int]()
    for record in _records(stream, offset):
        if record.type == _AREA:  # calamine makes room for as much as it says
            last_row, _, last_column = struct.unpack_from("<IHH", record.body, 4)
            limit(path, "cells", last_row * last_column)
        elif record.depth == 1:
            _look(survey, hidden, record)
    return survey


def _look(survey: Survey, hidden: set[int], record: _Record) -> None:
    """Take note of a record of a sheet; rows come before their cells, and say whether they are hidden."""
    if record.type == _ROW and record.number(12) & _HIDDEN_ROW:
        hidden.add(record.number(0))
    elif record.type == _COLUMNS and record.number(8) & _HIDDEN_COLUMN:
        survey.concealed.append(range(record.number(0) + 1, record.number(2) + 2))
    elif record.type in _SINGLE:
        row, column = record.number(0), record.number(2)
        survey.fill(row + 1, column + 1, in_hidden_row=row in hidden)
        _judge(survey, record, (row + 1, column + 1))
    elif record.type == _SHORT_NUMBERS:
        row, last = record.number(0), record.number(len(record.body) - 2)
        for column in range(record.number(2), last + 1):
            survey.fill(row + 1, column + 1, in_hidden_row=row in hidden)


def _judge(survey: Survey, record: _Record, cell: tuple[int, int]) -> None:
    """Whether a cell is an error, or a formula whose value is to be calculated anew."""
    body = record.body
    if record.type == _TRUTH_OR_ERROR and body[7]:
        survey.errors[cell] = _ERRORS.get(body[6], "#")
    elif record.type == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        survey.errors[cell] = _ERRORS.get(body[8], "#")
    elif record.type == _FORMULA and record.number(14) & _CALCULATE_ON_LOAD:
        survey.uncalculated.add(cell)


def _records(stream: bytes, offset: int) -> Iterator[_Record]:
    """The records of a part of the stream, from its beginning to its own end."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, offset)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        yield _Record(kind, depth, stream[offset + 4 : offset + 4 + length])
        offset += 4 + length
