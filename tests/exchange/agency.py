"""An agency that is not ours: it reads a roster with openpyxl and gives back a receipt in which it has made mistakes.

Nothing of the package is used, so that the comparison cannot share an error with what it is compared with.
"""

from __future__ import annotations

import io
import json
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook, load_workbook

COVER, KEY, BORN = "封面", "身分證號", "出生日期"
NAMES = {"marks": "修課紀錄", "course-outputs": "課程學習成果", "activities": "多元表現", "positions": "校內幹部經歷"}
# What the agency adds, and what of ours it gives back as a name or not at all.
ADDED = {
    "學期課程學習成果": ["實際修課學年度"],
    "轉學轉科課程學習成果": ["原修課學校名稱"],
    "檢定證照紀錄": ["檢定證照類別", "證照名稱"],
}
LEFT = {"原修課學校代碼", "註1"}


class Mistake(NamedTuple):
    """What was done to a row: `sent` is its place in our workbook (sheet, row), None for what was never sent."""

    fault: str
    sent: tuple[str, int] | None = None
    column: str = ""


@dataclass
class Agency:
    """A roster as it came, and what the agency makes of it.

    Attributes:
        rows: by sheet, each with its row in our workbook and what it says by column.
    """

    cover: dict[str, str]
    columns: dict[str, list[str]]
    rows: list[tuple[str, int | None, dict[str, str]]]
    dice: random.Random
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(cls, workbook: Path, seed: int) -> Agency:
        book = load_workbook(workbook)
        sheets = {
            sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
            for sheet in book.worksheets
        }
        cover = dict(zip(*sheets.pop(COVER), strict=True))
        rows: list[tuple[str, int | None, dict[str, str]]] = [
            (name, number, dict(zip(lines[0], line, strict=True)))
            for name, lines in sheets.items()
            for number, line in enumerate(lines[1:], start=2)
        ]
        return cls(cover, {name: lines[0] for name, lines in sheets.items()}, rows, random.Random(seed))

    def err(self, most: int) -> None:
        """Make up to so many mistakes, at most one to a row."""
        chosen = self.dice.sample(range(len(self.rows)), min(len(self.rows), self.dice.randint(0, most)))
        gone, more = set[int](), list[tuple[str, int | None, dict[str, str]]]()
        for index in chosen:
            sheet, number, row = self.rows[index]
            assert number is not None
            links = [column for column, text in row.items() if column.endswith("連結") and text.startswith("files/")]
            what = self.dice.choice(["missing", "field", "file", "identity", "extra", "twice", "stranger"])
            if what == "missing":
                gone.add(index)
                self.mistakes.append(Mistake("missing", (sheet, number)))
            elif what == "file" and links:
                column = self.dice.choice(links)
                digest = f"{self.dice.getrandbits(128):032x}"
                row[column] = f"files/{digest}.{row[column].rpartition('.')[2]}"
                self.mistakes.append(Mistake("file", (sheet, number), column))
            elif what == "identity":
                row[BORN] = _later(row[BORN])
                self.mistakes.append(Mistake("identity", (sheet, number), BORN))
            elif what == "extra":
                invented = {column: f"無{self.dice.getrandbits(40)}" for column in row}
                days = {column: "2001/02/03" for column, text in row.items() if _is_day(text) or "日期" in column}
                more.append((sheet, None, {**invented, **days, KEY: row[KEY], BORN: row[BORN]}))
                self.mistakes.append(Mistake("extra"))
            elif what == "twice":
                more.append((sheet, None, dict(row)))
                self.mistakes.append(Mistake("extra"))
            elif what == "stranger":
                more.append((sheet, None, {**row, KEY: f"Z{self.dice.randint(10**8, 10**9 - 1)}"}))
                self.mistakes.append(Mistake("stranger"))
            else:
                told = [c for c, text in row.items() if text and c not in {KEY, BORN, *LEFT, *links}]
                column = self.dice.choice(told)
                row[column] = _otherwise(row[column])
                self.mistakes.append(Mistake("field", (sheet, number), column))
        self.rows = [row for index, row in enumerate(self.rows) if index not in gone] + more

    def workbook(self) -> bytes:
        """As Excel would have it: rows in another order, a column of the agency's own, dates as dates."""
        book = Workbook()
        first = book.active
        first.title = COVER
        first.append([*self.cover])
        first.append([*self.cover.values()])
        for name, columns in self.columns.items():
            sheet = book.create_sheet(name)
            own, columns = ADDED.get(name, []), [column for column in columns if column not in LEFT]
            sheet.append([*columns, *own])
            lines = [row for title, _, row in self.rows if title == name]
            self.dice.shuffle(lines)
            for row in lines:
                sheet.append([_typed(row[column]) for column in columns] + ["國教署" for _ in own])
        data = io.BytesIO()
        book.save(data)
        return data.getvalue()

    def json(self, roster: str) -> bytes:
        """As the public program of a school platform reads it."""
        students: dict[tuple[str, str], dict[str, list[dict[str, str | None]]]] = {}
        for name, _, row in self.rows:
            rest = {column: text or None for column, text in row.items() if column not in {KEY, BORN, *LEFT}}
            rest |= dict.fromkeys(ADDED.get(name, []), "國教署")
            students.setdefault((row[KEY], row[BORN]), {}).setdefault(name, []).append(rest)
        listed = [{KEY: who, BORN: born, **sheets} for (who, born), sheets in students.items()]
        self.dice.shuffle(listed)
        return json.dumps({"名冊資訊": self.cover, NAMES[roster]: listed}, ensure_ascii=False).encode()


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "/"


def _later(text: str) -> str:
    return (date.fromisoformat(text.replace("/", "-")) + timedelta(days=1)).isoformat().replace("-", "/")


def _otherwise(text: str) -> str:
    if _is_day(text):
        return _later(text)
    return str(int(text) + 1) if text.isdecimal() and not text.startswith("0") else f"{text}改"


def _typed(text: str) -> object:
    return date.fromisoformat(text.replace("/", "-")) if _is_day(text) else text or None
