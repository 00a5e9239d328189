"""The published counts of a commit, kept from one build of the site to the next: counting reads every student."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from licheng.app.shards.kept import steady_program
from licheng.policy.status import Measure, StatusRow, Table
from licheng.sources.kept import KeptRows, KnownResult

_FILE = "published-1.sqlite"


def published_once(cache: Path | None, commit: str, day: date, term: str | None, count: Callable[[], Table]) -> Table:
    """A table as it was counted before, by this very program, of the same; else as it is counted now.

    Args:
        cache: of the repository.
        commit: whose records are counted; its id.
        day: as of which.
        term: of which the table is; None for all.
        count: asked where it is not known.
    """
    engine = steady_program()
    if cache is None or engine is None:
        return count()
    place, key = term or "", json.dumps([engine.hex(), commit, day.isoformat(), term]).encode()
    rows = KeptRows(cache / _FILE)
    row = rows.at([place]).get(place)
    if row is not None and row.key == key:
        cell, counted = json.loads(row.value)
        return Table(
            tuple(StatusRow(each, Measure(*of), tuple(counts), total) for each, of, counts, total in counted), cell
        )
    table = count()
    known = [(row.period, (row.measure.subject, row.measure.state), row.counts, row.total) for row in table.rows]
    rows.keep({place: KnownResult(key, "", json.dumps((table.minimum_cell, known)))}, ())
    return table
