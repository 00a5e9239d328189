"""Workbooks `.xlsx` (ECMA-376) looked through."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from licheng.exchange.spreadsheets.package import Attributes, parse
from licheng.exchange.spreadsheets.survey import DamagedError, Survey

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_TRUE = frozenset({"1", "true", "on"})
_BOOK = "xl/workbook.xml"


class _Workbook:
    """What the workbook says of its sheets, in their order."""

    def __init__(self) -> None:
        self.sheets: list[str] = []  # relation of each
        self.parts: dict[str, str] = {}  # the part of each relation that is a worksheet
        self.is_uncalculated = False  # stored values are to be calculated anew: openpyxl and XlsxWriter say so

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            self.sheets.append(attributes.get("id", ""))
        elif name == "calcPr":
            self.is_uncalculated = attributes.get("fullCalcOnLoad") in _TRUE
        elif name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.join("/xl", attributes.get("Target", ""))
            self.parts[attributes.get("Id", "")] = posixpath.normpath(target).lstrip("/")


class _Worksheet:
    """A sheet's cells, as they pass."""

    def __init__(self, survey: Survey, *, is_uncalculated: bool) -> None:
        self.survey, self.is_uncalculated = survey, is_uncalculated
        self.row, self.column, self.is_hidden = 0, 0, False
        self.type, self.has_formula, self.inside = "", False, ""
        self.value: str | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._place(attributes.get("r"))
            self.type, self.has_formula, self.value = attributes.get("t", "n"), False, None
        elif name == "v":
            self.inside, self.value = name, ""
        elif name == "f":
            self.has_formula = True
        elif name == "is":
            self.value = "inline"
        elif name == "row":
            self.row, self.column = _number(attributes.get("r"), self.row + 1), 0
            self.is_hidden = attributes.get("hidden") in _TRUE
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self.survey.concealed.append(
                range(_number(attributes.get("min"), 1), _number(attributes.get("max"), 1) + 1)
            )

    def text(self, characters: str) -> None:
        if self.inside:
            self.value = (self.value or "") + characters

    def end(self, name: str) -> None:
        if name == "v":
            self.inside = ""
        elif name == "c" and (self.has_formula or self.value):
            cell = (self.row, self.column)
            self.survey.fill(*cell, in_hidden_row=self.is_hidden)
            if self.type == "e":
                self.survey.errors[cell] = self.value or "#"
            elif self.has_formula and (self.is_uncalculated or (not self.value and self.type != "str")):
                self.survey.uncalculated.add(cell)

    def _place(self, reference: str | None) -> None:
        """Where a cell is; one that does not say it stands right of the one before."""
        if reference is None:
            self.column += 1
            return
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise DamagedError(reference)
        self.column, self.row = 0, int(match[2])
        for letter in match[1]:
            self.column = self.column * 26 + ord(letter) - ord("A") + 1


def surveys(package: zipfile.ZipFile, path: Path) -> Iterator[Survey]:
    """All sheets in their order; those that are no worksheets are empty.

    Raises:
        UsageError: APP222, a cell lies too far away.
        DamagedError: it is no such workbook.
    """
    book = _Workbook()
    parse(package, _BOOK, book.start)
    parse(package, "xl/_rels/workbook.xml.rels", book.start)
    for relation in book.sheets:
        survey = Survey(path)
        if relation in book.parts:
            sheet = _Worksheet(survey, is_uncalculated=book.is_uncalculated)
            parse(package, book.parts[relation], sheet.start, sheet.end, sheet.text)
        yield survey


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 7:
        raise DamagedError(text)
    return int(text)
