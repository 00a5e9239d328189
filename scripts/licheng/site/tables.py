"""Tables of the built pages: each cell names its column, so that a phone can stack the cells of a row (licheng.css)."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)
_HEAD = re.compile(r"<th\b([^>]*)>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<t[dh]\b([^>]*)>")
_TAG = re.compile(r"<[^>]*>")
_SPAN = re.compile(r'\b(col|row)span="(\d+)"')


def labelled(page: str) -> str:
    """A page's HTML with `data-label`, the column's name, at each cell of its tables."""
    return _TABLE.sub(lambda table: _label(table.group()), page)


def _label(table: str) -> str:
    first = _ROW.search(table)
    if first is None:
        return table
    names = [
        html.escape(html.unescape(_TAG.sub("", text)).strip())
        for attributes, text in _HEAD.findall(first.group())
        for _ in range(_spans(attributes)["col"])
    ]
    taken = [0] * len(names)  # rows that a cell from above still stands in each column
    rows = _ROW.sub(lambda row: _label_row(row.group(), names, taken), table[first.end() :])
    return table[: first.end()] + rows


def _label_row(row: str, names: Sequence[str], taken: list[int]) -> str:
    free = [column for column, rows in enumerate(taken) if not rows]
    taken[:] = [max(rows - 1, 0) for rows in taken]

    def label(cell: re.Match[str]) -> str:
        spans = _spans(cell.group(1))
        columns = [free.pop(0) for _ in range(min(spans["col"], len(free)))]
        for column in columns:
            taken[column] = spans["row"] - 1
        named = f' data-label="{names[columns[0]]}"' if columns and names[columns[0]] else ""
        return f"{cell.group()[:-1]}{named}>"

    return _CELL.sub(label, row)


def _spans(attributes: str) -> dict[str, int]:
    return {"col": 1, "row": 1} | {way: int(number) for way, number in _SPAN.findall(attributes)}
