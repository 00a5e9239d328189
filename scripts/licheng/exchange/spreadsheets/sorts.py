"""What sort of file a file is, by its content: its name may say something else."""

from __future__ import annotations

import zipfile
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets import compound

XLSX, ODS, XLS, CSV = "xlsx", "ods", "xls", "csv"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_MARKS = {  # what a file begins with that is no table of cells
    "pdf": (b"%PDF-",),
    "picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    "archive": (b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b"),
    "web-page": (
        b"<!doctype",
        b"<html",
        b"<head",
        b"<meta",
        b"<table",
        b"<style",
        b"<div",
        b"<script",
        b"mime-version:",
    ),
    "xml": (b"<?xml",),
}


def of_start(data: bytes) -> str | None:
    """What is no workbook by its beginning, blanks left out; None if it may be one."""
    begin = data[:2000].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").removeprefix(b"\xff\xfe").lstrip().lower()
    marks = ((sort, mark.lower()) for sort, several in _MARKS.items() for mark in several)
    sort = next((sort for sort, mark in marks if begin.startswith(mark)), None)
    return "web-page" if sort == "xml" and b"<html" in begin else sort


def of_package(package: zipfile.ZipFile, path: Path) -> str:
    """`xlsx` or `ods`.

    Raises:
        UsageError: APP220, it is another zip.
    """
    names = set(package.namelist())
    if "xl/workbook.xml" in names:
        return XLSX
    if "mimetype" in names and package.getinfo("mimetype").file_size < 100 and package.read("mimetype").strip() == _ODS:
        return ODS
    inside = {"word/document.xml": "document", "ppt/presentation.xml": "document", "xl/workbook.bin": "binary-workbook",
              "mimetype": "document"}  # fmt: skip
    case = next((case for name, case in inside.items() if name in names), "archive")
    raise UsageError("APP220", path=str(path), case=case)


def of_container(names: frozenset[str], path: Path) -> str:
    """`xls`.

    Raises:
        UsageError: APP220, it is another file of old Office; APP221, a workbook locked by a password.
    """
    if "EncryptedPackage" in names:
        raise UsageError("APP221", path=str(path))
    if not {"Workbook", "Book"} & names:
        raise UsageError("APP220", path=str(path), case="document")
    return XLS


def is_container(data: bytes) -> bool:
    """Whether a file is one of old Office."""
    return data.startswith(compound.MAGIC)
