"""The list of names that a caller gives with `--identities`; it is read, used and never stored."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from licheng.core.errors import UsageError

_HEADINGS = ("name", "姓名", "學生中文姓名")


def read_names(path: Path) -> frozenset[str]:
    """Names from a text file with one a line, or from a CSV whose heading is `name` or 姓名.

    Single characters are left out: they are in every text.

    Raises:
        UsageError: APP006, the file cannot be read.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("APP006", path=str(path), detail=str(error)) from error
    rows = list(csv.reader(io.StringIO(source)))
    heading = rows[0] if rows else []
    column = next((index for index, cell in enumerate(heading) if cell.strip() in _HEADINGS), None)
    cells = (row[column or 0] for row in rows[column is not None :] if len(row) > (column or 0))
    return frozenset(name for cell in cells if len(name := "".join(cell.split())) >= 2)
