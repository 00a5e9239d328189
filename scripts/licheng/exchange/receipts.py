"""收訖明細 as the agency gives them back (workbook or JSON), and the exported folder that one of them answers."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from licheng.core.errors import UsageError
from licheng.exchange.json_text import read_json
from licheng.exchange.spreadsheets import sorts
from licheng.exchange.spreadsheets.survey import limit
from licheng.exchange.workbooks import Sheet, sheets
from licheng.policy.cells import CellFault, Value
from licheng.policy.receiving.comparison import ReceivedRow, SentRow
from licheng.policy.receiving.form import ReceiptForm, cell_text

SUMS, MD5_SUMS, SELF_CHECK = "SHA256SUMS", "MD5SUMS", "self-check.csv"


class _ReceiptEntry(NamedTuple):
    """A row as the file has it, and where: the sheet's own row, or the number of the entry in a JSON file."""

    sheet: str
    number: int
    values: Mapping[str, Value]


def read_receipt(data: bytes, path: Path, form: ReceiptForm) -> tuple[ReceivedRow, ...]:
    """The rows of a receipt, in the order of the file.

    Args:
        data: the file.
        path: what errors call it.
        form: of the receipt.

    Raises:
        UsageError: APP445, it is no such receipt; APP446, a sheet has other columns; APP447, a cell cannot be read;
            APP448, it is of another school year or term; of `licheng.exchange.workbooks.sheets`.
    """
    limit(path, "bytes", len(data))
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        entries = _of_json(data, path, form)
    elif sorts.is_workbook(data):
        entries = _of_workbook(sheets(data, path), path, form)
    else:
        raise UsageError("APP445", path=str(path), case="other-file")
    return tuple(_row(entry, path, form) for entry in entries)


def _of_workbook(tabs: Sequence[Sheet], path: Path, form: ReceiptForm) -> Iterator[_ReceiptEntry]:
    for tab in tabs:
        heading, *rows = tab.rows or ((),)
        if tab.name == form.cover:
            _check_head(dict(zip(map(str, heading), rows[0] if rows else (), strict=False)), path, form)
        elif tab.name in form.sheets:
            columns = [str(name).strip() if name is not None else "" for name in heading]
            _check_columns(columns, path, tab.name, form)
            for number, row in enumerate(rows, start=2):
                if any(value is not None for value in row):
                    _check_row(tab, number, row, columns, path)
                    yield _ReceiptEntry(tab.name, number, {c: v for c, v in zip(columns, row, strict=False) if c})
        elif any(value is not None for row in tab.rows for value in row):
            raise UsageError("APP445", path=str(path), case="sheet", sheet=tab.name, known=(*form.sheets,))
    if not any(tab.name in form.sheets for tab in tabs):
        raise UsageError("APP445", path=str(path), case="no-sheet", known=(*form.sheets,))


def _check_row(tab: Sheet, number: int, row: Sequence[Value], columns: Sequence[str], path: Path) -> None:
    """Nothing stands outside of the columns, and no cell is a formula that nobody has calculated."""
    for index, value in enumerate(row):
        column = columns[index] if index < len(columns) else ""
        where = {"path": str(path), "sheet": tab.name, "row": number, "column": column or str(index + 1)}
        if (number, index + 1) in tab.formulas:
            raise UsageError("APP447", case="formula", **where)
        if value is not None and not column:
            raise UsageError("APP447", case="outside", **where)


def _check_columns(columns: Iterable[str], path: Path, sheet: str, form: ReceiptForm) -> None:
    named = Counter(filter(None, columns))
    own = form.sheets[sheet]
    needed = (*form.identity, *own.compared)
    known = {*needed, *own.ignored, *own.digests}
    for case, odd in (
        ("missing", [column for column in needed if column not in named]),
        ("unknown", [column for column in named if column not in known]),
        ("twice", [column for column, count in named.items() if count > 1]),
    ):
        if odd:
            raise UsageError("APP446", case=case, path=str(path), sheet=sheet, columns=tuple(odd))


def _check_head(head: Mapping[str, Any], path: Path, form: ReceiptForm) -> None:
    """What cover or head say of school year and term is what the roster is of."""
    for column, wanted in form.says.items():
        value = head.get(column)
        text = cell_text(value, is_day=False, truths=form.truths) if value is not None else wanted
        if text != wanted:
            raise UsageError("APP448", path=str(path), column=column, wanted=wanted)


def _of_json(data: bytes, path: Path, form: ReceiptForm) -> Iterator[_ReceiptEntry]:
    """`{名冊資訊: {…}, <kind>: [{身分證號, 出生日期, <sheet>: [row, …], …}]}`."""
    try:
        whole = read_json(data)
    except (ValueError, RecursionError) as error:
        raise UsageError("APP445", path=str(path), case="json") from error
    if not isinstance(whole, dict) or not isinstance(whole.get(form.name), list):
        raise UsageError("APP445", path=str(path), case="no-list", name=form.name)
    head = whole.get(form.info, {})
    _check_head(head if isinstance(head, dict) else {}, path, form)
    for number, (sheet, row) in enumerate(_listed(whole[form.name], form.identity), start=1):
        if not isinstance(row, dict) or any(isinstance(value, dict | list) for value in row.values()):
            raise UsageError("APP445", path=str(path), case="json")
        if sheet not in form.sheets:
            raise UsageError("APP445", path=str(path), case="sheet", sheet=sheet, known=(*form.sheets,))
        _check_columns(row, path, sheet, form)
        yield _ReceiptEntry(sheet, number, row)


def _listed(students: Iterable[Any], identity: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Sheet and row of every entry, with whose it is in it; what is no row is handed on as it is."""
    for student in students:
        if not isinstance(student, dict):
            yield "", None
            continue
        own = {column: student.get(column) for column in identity}
        for sheet, rows in student.items():
            if sheet not in identity:
                listed = rows if isinstance(rows, list) else [None]
                yield from ((sheet, {**own, **row} if isinstance(row, dict) else None) for row in listed)


def _row(entry: _ReceiptEntry, path: Path, form: ReceiptForm) -> ReceivedRow:
    sheet = form.sheets[entry.sheet]
    wanted = (*form.identity, *sheet.compared, *sheet.digests)
    where, cells = {"path": str(path), "sheet": entry.sheet, "row": entry.number}, dict[str, str]()
    for column in (c for c in wanted if c in entry.values or c not in sheet.digests):
        text = cell_text(entry.values.get(column), is_day=column in sheet.days, truths=form.truths)
        if isinstance(text, CellFault):
            fault = ("date" if text.low else text.kind,)
            raise UsageError("APP447", case="unreadable", cell_fault=fault, column=column, **where)
        cells[column] = text
    if not cells[form.key]:
        raise UsageError("APP447", case="empty", column=form.key, **where)
    return ReceivedRow(entry.sheet, entry.number, cells)


class ExportedFiles(NamedTuple):
    """The files of an exported folder that say what was sent.

    Attributes:
        workbook: its bytes.
        self_check: which row is of which item.
        md5_sums: the MD5 of every file.
    """

    workbook: bytes
    self_check: bytes
    md5_sums: bytes


def exported_files(files: Mapping[str, bytes], record: Mapping[str, Any]) -> ExportedFiles | None:
    """The files of a folder, if they are those that the record of the export tells of, byte for byte.

    Args:
        files: by name; others than these may be left out.
        record: the data of the export's record.
    """
    name = record["file"]["name"]
    sums = files.get(SUMS, b"")
    if hashlib.sha256(sums).hexdigest() != record["manifest"]:
        return None
    listed = _sums(sums)
    if any(hashlib.sha256(files.get(own, b"")).hexdigest() != listed[own] for own in (name, SELF_CHECK, MD5_SUMS)):
        return None
    return ExportedFiles(files[name], files[SELF_CHECK], files[MD5_SUMS])


def _sums(text: bytes) -> dict[str, str]:
    """Digests by name, of lines as `sha256sum` prints them."""
    parted = (line.partition("  ") for line in text.decode().splitlines())
    return {name: digest for digest, _, name in parted}


def sent_rows(files: ExportedFiles, name: str, form: ReceiptForm) -> Iterator[SentRow]:
    """The rows of a roster as it was exported, each with the item that it is of.

    Args:
        files: of the folder.
        name: of the workbook.
        form: of the receipt, whose columns are asked for.
    """
    tabs = {tab.name: tab.rows for tab in sheets(files.workbook, Path(name))}
    md5 = _sums(files.md5_sums)
    for line in csv.DictReader(io.StringIO(files.self_check.decode(), newline="")):
        if not line["row"]:
            continue
        sheet, rows = form.sheets[line["sheet"]], tabs[line["sheet"]]
        values = dict(zip(map(str, rows[0]), rows[int(line["row"]) - 1], strict=False))
        cells = {
            column: str(cell_text(values.get(column), is_day=column in sheet.days, truths=form.truths))
            for column in (*form.identity, *sheet.compared)
        }
        links = {column: str(values.get(column) or "") for column in sheet.links}
        sums = {column: md5[link] for column, link in links.items() if link in md5}
        yield SentRow(line["student"], line["item"], line["sheet"], cells, sums)
