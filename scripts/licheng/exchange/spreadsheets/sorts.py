"""What sort of file a file is, by its content: its name may say something else."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from licheng.core.errors import UsageError
from licheng.exchange.spreadsheets import compound

XLSX, ODS = "xlsx", "ods"
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
    """What sort of file it is by its beginning, blanks left out; None if it may be a CSV."""
    if not data.strip():
        return "empty"
    begin = data[:2000].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").replace(b"\0", b"").lstrip().lower()
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


def workbook_of(streams: Mapping[str, bytes], path: Path) -> bytes:
    """The stream of a container that is the workbook.

    Raises:
        UsageError: APP220, it is another file of old Office; APP221, a workbook locked by a password.
    """
    if "EncryptedPackage" in streams:
        raise UsageError("APP221", path=str(path))
    stream = streams.get("Workbook") or streams.get("Book")
    if stream is None:
        raise UsageError("APP220", path=str(path), case="document")
    return stream


def is_workbook(data: bytes) -> bool:
    """Whether a file may be a workbook: a zip, or a container of old Office."""
    return data.startswith((b"PK", compound.MAGIC))
