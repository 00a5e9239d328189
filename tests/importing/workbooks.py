"""A school's workbooks for the importers, made by openpyxl and not by us: invented students, courses and marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.people import listed

Cells = Sequence[Any]
COHORTS = ((115, 1, "10"), (114, 2, "11"), (113, 3, "12"))
SUBJECTS = (("國語文", "CHINESE", 4), ("英語文", "ENGLISH", 4), ("數學", "MATHEMATICS", 4), ("體育", "PE", 2))
ENROLMENT = (
    "學號",
    "姓名",
    "身分證號",
    "出生日期",
    "班級",
    "座號",
    "入學學年度",
    "年級",
    "入學日期",
    "科別",
    "高一班級",
    "高二班級",
    "高三班級",
)
OFFERINGS = ("學年度", "學期", "課程代碼", "科目名稱", "開課年級", "學分", "課程類別", "開課班級", "任課教師")
MARKS = ("學年度", "學期", "學號", "姓名", "課程代碼", "科目名稱", "學期學業成績", "成績及格", "是否採計學分")


def save(path: Path, rows: Iterable[Cells], sheet: str = "工作表1") -> Path:
    """A workbook of one sheet."""
    workbook = Workbook()
    workbook.active.title = sheet
    for row in rows:
        workbook.active.append(list(row))
    workbook.save(path)
    return path


def students(each: int, classes: Sequence[str] = "a") -> list[tuple[Any, ...]]:
    """Rows of three cohorts, `each` students in each of their classes; the day of entry as Excel holds a date."""
    rows: list[tuple[Any, ...]] = []
    for place, (cohort, level, number) in enumerate(COHORTS):
        people = listed(each * len(classes), cohort, first=1 + place * 1_000)
        for index, person in enumerate(people):
            letter = classes[index // each]
            history = tuple(f"1{year}{letter}" if year < level else "" for year in range(3))
            entered = (f"{level}", date(cohort + 1911, 8, 1), "普通科")
            rows.append((*person[:4], f"{number}{letter}", f"{index % each + 1:02d}", str(cohort), *entered, *history))
    return rows


def code(level: int, subject: str) -> str:
    """A course's code."""
    return f"DEMO115{level}-{subject}"


def courses(teacher: str, classes: Sequence[str] = "a") -> list[tuple[Any, ...]]:
    """Each subject in each year level, a section a class."""
    return [
        (115, 1, code(level, subject), title, level, credits, "必修", f"{number}{letter}", teacher)
        for _, level, number in COHORTS
        for title, subject, credits in SUBJECTS
        for letter in classes
    ]


def marks(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Everybody's mark in each subject of the level: 40 to 99."""
    told = []
    for index, row in enumerate(rows):
        for place, (title, subject, _) in enumerate(SUBJECTS):
            mark = 40 + (7 * index + 13 * place) % 60
            passed = "及格" if mark >= 60 else "不及格"
            told.append((115, 1, row[0], row[1], code(int(row[7]), subject), title, mark, passed, "是"))
    return told
