"""The public status: rounded counts by period and year level, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.outputs.pages.inert import table
from licheng.outputs.pages.view import SiteView
from licheng.outputs.pages.words import Words
from licheng.policy.status import LEVELS, Table


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`status.md`."""
    shown = view.status
    values = {
        "as_of": words.date(view.today),
        "cell": shown.minimum_cell if shown is not None else None,
        "periods": [_period(shown, period, words) for period in shown.periods] if shown is not None else [],
    }
    yield "status.md", "status.md", values


def _period(shown: Table, period: str, words: Words) -> Mapping[str, Any]:
    name = words.period(period)
    heads = [
        words.data["status"]["measure"],
        *(words.label("levels", level) for level in LEVELS),
        words.data["text"]["total"],
    ]
    rows = [
        (words.measure(row.measure), *row.counts, row.total)
        for row in shown.rows
        if row.period == period
    ]  # fmt: skip
    return {
        "name": name,
        "anchor": f"p-{period}",
        "table": table(words.say("status", "caption", period=name), heads, rows, numbers=True),
    }
