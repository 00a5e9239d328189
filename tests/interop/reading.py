"""Workbooks as LibreOffice and openpyxl read them, and how that differs from what should stand there."""

from __future__ import annotations

import csv
import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree as ET

import openpyxl

# Rows of texts by the name of the sheet, the heading first.
Texts: TypeAlias = Mapping[str, Sequence[Sequence[str]]]

# Comma, quotation mark, UTF-8, from line 1, no column formats, no language, quotes where needed, numbers as stored,
# no formulas as such, no spaces cut, every sheet (-1).
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def converted(workbooks: Sequence[Path], folder: Path, profile: Path) -> None:
    """LibreOffice's own copies of workbooks: `NAME-SHEET.csv` of each sheet, and `NAME.ods`.

    Args:
        workbooks: of different names.
        folder: where the copies go.
        profile: LibreOffice's settings; a folder of its own, so that it disturbs nobody's.
    """
    for form in (_CSV, "ods"):
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", form,
                   "--outdir", str(folder), *map(str, workbooks)]  # fmt: skip
        subprocess.run(command, capture_output=True, check=True)


def by_libreoffice(workbook: Path, folder: Path) -> Texts:
    """The texts of a workbook's sheets, in their order, as LibreOffice wrote them."""
    sheets = {}
    for table in _content(folder / f"{workbook.stem}.ods").iter(f"{_TABLE}table"):
        name = table.get(f"{_TABLE}name") or ""
        with (folder / f"{workbook.stem}-{name}.csv").open(encoding="utf-8", newline="") as stream:
            sheets[name] = [*csv.reader(stream)]
    return sheets


def by_openpyxl(workbook: Path) -> Texts:
    """The same as openpyxl reads them; an empty cell is an empty text."""
    book = openpyxl.load_workbook(workbook)
    return {
        sheet.title: [
            ["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in book.worksheets
    }


def not_texts(document: Path) -> tuple[int, list[str]]:
    """How many cells of an OpenDocument spreadsheet hold something, and what those hold that are no plain texts."""
    count, others = 0, []
    for row in _content(document).iter(f"{_TABLE}table-row"):
        for cell in row.iter(f"{_TABLE}table-cell"):
            kind, formula = cell.get(f"{_OFFICE}value-type"), cell.get(f"{_TABLE}formula")
            if kind is None and formula is None:
                continue
            # Equal neighbours are written once.
            count += int(row.get(f"{_TABLE}number-rows-repeated", 1)) * int(
                cell.get(f"{_TABLE}number-columns-repeated", 1)
            )
            if (kind, formula) != ("string", None):
                others.append(f"{kind} {formula or ''}")
    return count, others


def _content(document: Path) -> ET.Element:
    with zipfile.ZipFile(document) as archive:
        return ET.fromstring(archive.read("content.xml"))  # noqa: S314 - LibreOffice wrote it a moment ago


def differences(read: Texts, expected: Texts) -> Iterator[str]:
    """Where sheets, rows or cells differ, by place and never by text: who reads the log need not see a student."""
    if list(read) != list(expected):
        yield f"sheets {list(read)} for {list(expected)}"
    for name in (name for name in expected if name in read):
        for number, (theirs, ours) in enumerate(zip_longest(read[name], expected[name]), start=1):
            if theirs is None or ours is None:
                yield f"{name}: {len(read[name])} rows for {len(expected[name])}"
                break
            columns = [place for place, (a, b) in enumerate(zip_longest(theirs, ours), start=1) if a != b]
            if columns:
                yield f"{name}, row {number}: columns {columns}"
