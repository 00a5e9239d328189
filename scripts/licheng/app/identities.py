"""The list that a caller gives with `--identities`: names, and who a student is; read, used and never stored."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from licheng.core.errors import UsageError, reason_of

_HEADINGS = ("name", "姓名", "學生中文姓名")


_STUDENTS = ("student", "學生代號")
_SHOWN = (("class", "班級"), ("seat", "座號"), _HEADINGS)


def read_names(path: Path) -> frozenset[str]:
    """Names from a text file with one a line, or from a CSV whose heading is `name` or 姓名.

    Single characters are left out: they are in every text.

    Raises:
        UsageError: APP006, the file cannot be read, or holds no name.
    """
    rows = _rows(path)
    column = _column(rows, _HEADINGS)
    cells = (row[column or 0] for row in rows[column is not None :] if len(row) > (column or 0))
    names = frozenset(name for cell in cells if len(name := "".join(cell.split())) >= 2)
    if not names:
        raise UsageError("APP006", path=str(path), detail="no-names")
    return names


def read_identities(path: Path) -> dict[str, str]:
    """Who each student is, for the terminal only: `student` → class, seat and name, from a CSV with these headings.

    Raises:
        UsageError: APP006, the file cannot be read, or has no column of students.
    """
    rows = _rows(path)
    students = _column(rows, _STUDENTS)
    if students is None:
        raise UsageError("APP006", path=str(path), detail=" / ".join(_STUDENTS))
    shown = [column for headings in _SHOWN if (column := _column(rows, headings)) is not None]
    return {
        row[students].strip(): " ".join(row[column].strip() for column in shown if len(row) > column)
        for row in rows[1:]
        if len(row) > students
    }


def _rows(path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except OSError as error:
        raise UsageError("APP006", path=str(path), detail=reason_of(error)) from error
    except UnicodeDecodeError as error:  # Excel's plain "CSV" in Taiwan
        raise UsageError("APP115" if _is_big5(path) else "APP006", path=str(path), detail="not-utf8") from error
    except csv.Error as error:
        raise UsageError("APP006", path=str(path), detail="not-csv") from error


def _is_big5(path: Path) -> bool:
    """Whether a file that is no UTF-8 reads as Big5, in Microsoft's form of it."""
    try:
        path.read_text(encoding="cp950")
    except UnicodeDecodeError:
        return False
    return True


def _column(rows: list[list[str]], headings: tuple[str, ...]) -> int | None:
    heading = rows[0] if rows else []
    return next((index for index, cell in enumerate(heading) if cell.strip() in headings), None)
