"""A status for a terminal or for machines."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from licheng.outputs.pages.words import Words
from licheng.policy.status import LEVELS, Row, Table

VERSION = 1


def render(table: Table, words: Words, *, unreadable: int = 0) -> str:
    """One block a period: rows of measures, columns of year levels."""
    blocks = ["\n".join(_block(table, period, words)) for period in table.periods]
    notes = [] if table.minimum_cell == 1 else [str(words.say("status", "rounded", cell=table.minimum_cell))]
    if unreadable:
        notes.append(str(words.say("status", "unreadable", count=unreadable)))
    return "\n\n".join([*blocks, *notes]) + "\n"


def _block(table: Table, period: str, words: Words) -> Iterator[str]:
    heads = [str(words.period(period)), *(words.label("levels", level) for level in LEVELS)]
    lines = [[*map(str, heads), str(words.say("text", "total"))]]
    lines += [_cells(row, words) for row in table.rows if row.period == period]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join([_padded(line[0], widths[0], left=True), *_numbers(line[1:], widths[1:])]).rstrip()


def _numbers(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for cell, width in zip(cells, widths, strict=True):
        yield _padded(cell, width, left=False)


def _cells(row: Row, words: Words) -> list[str]:
    return [str(words.measure(row.measure)), *map(str, row.counts), str(row.total)]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def render_json(table: Table, *, unreadable: int = 0) -> str:
    """The same as one JSON document; fields are added, never renamed or removed within a version."""
    document = {
        "version": VERSION,
        "minimum_cell": table.minimum_cell,
        "unreadable": unreadable,
        "rows": list(map(_as_json, table.rows)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "period": row.period,
        "subject": row.measure.subject,
        "state": row.measure.state,
        "levels": {str(level): count for level, count in zip(LEVELS, row.counts, strict=True)},
        "total": row.total,
    }
