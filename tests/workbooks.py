"""Workbooks made by programs that are not ours: openpyxl, XlsxWriter, odfdo, and LibreOffice, whose files are kept.

`python -m tests.workbooks` has LibreOffice make the kept files anew, from workbooks of openpyxl and XlsxWriter.
"""

from __future__ import annotations

import csv
import io
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from odfdo import Cell, Document, Row, Table

KEPT = Path(__file__).parent / "fixtures-workbooks"
Rows = Sequence[Sequence[Any]]

# What a registrar's list holds, as spreadsheets have types for it.
SAMPLE: Rows = (
    ("學號", "姓名", "生效日", "成績", "及格", "時間", "說明"),
    ("0115001", "林子丑", date(2026, 9, 11), 75, True, time(8, 30), "第一行\n第二行"),
    ("0115002", "陳寅卯", date(1912, 1, 1), 72.5, False, time(15, 20, 30), None),
    (115003, None, date(2000, 2, 29), -1, True, time(0, 0, 1), "　全形　"),
)


def by_openpyxl(rows: Rows, name: str = "名單", change: Callable[[Any, Any], object] | None = None) -> bytes:
    """An xlsx with texts inline; `change` gets workbook and sheet before they are saved."""
    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(workbook, sheet)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def by_xlsxwriter(rows: Rows, name: str = "名單", *, since_1904: bool = False, show: str = "yyyy/m/d") -> bytes:
    """An xlsx with shared texts; days count from 1900, or from 1904 as on old Macs, and are shown in some way."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "date_1904": since_1904}) as workbook:
        sheet = workbook.add_worksheet(name)
        formats = {
            date: workbook.add_format({"num_format": show}),
            time: workbook.add_format({"num_format": "hh:mm:ss"}),
        }
        formats[datetime] = formats[date]
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value, formats.get(type(value)))
    return file.getvalue()


def by_odfdo(rows: Rows, name: str = "名單") -> bytes:
    """An ods; it has no type for a time of the day, which becomes a text."""
    document = Document("spreadsheet")
    document.body.clear()
    table = Table(name)
    for values in rows:
        row = Row()
        for value in values:
            row.append_cell(Cell(str(value) if isinstance(value, time) else value))
        table.append_row(row)
    document.body.append(table)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_csv(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """What Excel writes for "CSV" and "Unicode Text"."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def kept(name: str) -> bytes:
    """A file that LibreOffice made."""
    return (KEPT / name).read_bytes()


def with_part(package: bytes, change: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A zip with some of its parts changed; of a name that it lacks, what is made of nothing."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in [*before.namelist(), *(name for name in change if name not in before.namelist())]:
            data = before.read(name) if name in before.namelist() else b""
            after.writestr(name, change.get(name, bytes)(data))
    return file.getvalue()


def _with_traps(workbook: Any, sheet: Any) -> None:
    """What no value tells: a merged heading, an error, a hidden sheet, days as Taiwan shows them, formulas."""
    sheet.insert_rows(1)
    sheet["A1"] = "一一五學年度學生名單"
    sheet.merge_cells("A1:G1")
    sheet["H3"], sheet["H4"], sheet["H5"] = "=1+2", "=NA()", '=IF(TRUE,"","x")'
    for row, shown in ((3, "[$-404]e/m/d"), (4, '[$-404]ggge"年"m"月"d"日"'), (5, "yyyy-mm-dd")):
        sheet.cell(row, 3).number_format = shown
    workbook.create_sheet("代碼").sheet_state = "hidden"


def main() -> None:
    """Have LibreOffice make the kept files anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sample.xlsx").write_bytes(by_openpyxl(SAMPLE, change=_with_traps))
        (folder / "since-1904.xlsx").write_bytes(by_xlsxwriter(SAMPLE[:2], since_1904=True))
        for suffix in ("xls", "ods", "xlsx"):
            command = ["soffice", "--headless", "--convert-to", suffix, "--outdir", str(KEPT)]
            subprocess.run([*command, *map(str, folder.glob("*.xlsx"))], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
