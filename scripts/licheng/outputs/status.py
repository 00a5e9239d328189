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
                lines.append([str(words.measure(row.measure)), *map(str, row.counts), str(row.total)])
        blocks.append("\n".join(columns(lines)))
    notes = [] if table.minimum_cell == 1 else [str(words.say("status", "rounded", cell=table.minimum_cell))]
    if unreadable:
        notes.append(str(words.say("status", "unreadable", count=unreadable)))
    return "\n\n".join([*blocks, *notes]) + "\n"


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
