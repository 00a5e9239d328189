"""A status for a terminal or for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from licheng.outputs.columns import columns
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS
from licheng.policy.status import Table

VERSION = 1


def render(table: Table, words: Words, *, unreadable: int = 0) -> str:
    """One block a period: rows of measures, columns of year levels."""
    blocks = []
    for period in table.periods:
        heads = [words.period(period), *(words.label("levels", level) for level in LEVELS), words.say("text", "total")]
        lines = [list(map(str, heads))]
        for row in table.rows:
            if row.period == period:
                counts = [public_number(count, table.minimum_cell) for count in row.counts]
                total = public_number(row.total, table.minimum_cell, len(counts))
                lines.append([str(words.measure(row.measure)), *counts, total])
        blocks.append("\n".join(columns(lines)))
    notes = [] if table.minimum_cell == 1 else [str(words.say("status", "rounded", cell=table.minimum_cell))]
    if unreadable:
        notes.append(str(words.say("status", "unreadable", count=unreadable)))
    return "\n\n".join([*blocks, *notes]) + "\n"


def public_number(count: int, cell: int, cells: int = 1) -> str:
    """A count as it is shown: where counts are rounded, what is left of a small one says that it is small.

    Args:
        count: rounded down to a multiple of `cell`.
        cell: the smallest number that is shown; 1 where counts are exact.
        cells: of how many such counts it is the total.
    """
    return f"<{cell * cells}" if cell > 1 and not count else str(count)


def render_json(table: Table, *, unreadable: int = 0, more: Mapping[str, Any] | None = None) -> str:
    """The same as one JSON document; fields are added, never renamed or removed within a version."""
    rows = [
        {
            "period": row.period,
            "subject": row.measure.subject,
            "state": row.measure.state,
            "levels": {str(level): count for level, count in zip(LEVELS, row.counts, strict=True)},
            "total": row.total,
        }
        for row in table.rows
    ]
    document = {
        "version": VERSION,
        "minimum_cell": table.minimum_cell,
        "unreadable": unreadable,
        "rows": rows,
        **(more or {}),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
