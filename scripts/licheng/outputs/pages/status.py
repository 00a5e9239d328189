"""The public status: rounded counts by period and year level, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from licheng.outputs.inert import table
from licheng.outputs.pages.bars import Bars, bars
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS, Phase
from licheng.policy.deadlines import Kind
from licheng.policy.status import OUTPUT, QUOTAS, USES, Table

# From what is done to what is not begun.
_STATES = ("certified", "submitted", "stale", "returned", "revoked", "draft")


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`status.md`."""
    shown, names = view.status, view.names(words)
    # Named as everywhere else.
    windows = [
        (names.title(deadline), names.owners(deadline.owners), words.date(deadline.closes))
        for deadline in view.deadlines
        if deadline.kind is Kind.WINDOW and view.phase(deadline) is Phase.RUNNING
    ]
    heads = [words.data["status"]["window"], words.data["status"]["who"], words.data["calendar"]["closes"]]
    values = {
        "as_of": words.date(view.status_as_of),
        "open": table(words.data["status"]["open"], heads, windows) if windows else None,
        "cell": shown.minimum_cell if shown is not None else None,
        "trend": _trend(shown, words) if shown is not None else None,
        "periods": [_period(shown, period, words) for period in shown.periods] if shown is not None else [],
    }
    yield "status.md", "status.md", values


def _period(shown: Table, period: str, words: Words) -> Mapping[str, Any]:
    name = words.period(period)
    levels = [words.label("levels", level) for level in LEVELS]
    heads = [words.data["status"]["measure"], *levels, words.data["text"]["total"]]
    rows = [(words.measure(row.measure), *row.counts, row.total) for row in shown.rows if row.period == period]
    # How many students have used up the quota of a term or a school year.
    uses = (_bars(shown, period, quota, USES, words) for quota in QUOTAS)
    return {
        "bars": _bars(shown, period, OUTPUT, _STATES, words),
        "title": words.say("status", "chart", period=name),
        "uses": next(filter(None, uses), None),
        "uses_title": words.say("status", "uses", period=name),
        "name": name,
        "anchor": f"p-{period}",
        "table": table(words.say("status", "caption", period=name), heads, rows, numbers=True),
    }


def _bars(shown: Table, period: str, subject: str, states: Sequence[str], words: Words) -> Bars | None:
    rows = {row.measure.state: row.counts for row in shown.rows
            if row.period == period and row.measure.subject == subject}  # fmt: skip
    if not rows:
        return None
    labels = [str(words.label("levels", level)) for level in LEVELS]
    counts = [[rows[state][index] for state in states] for index in range(len(LEVELS))]
    return bars(labels, states, counts)


def _trend(shown: Table, words: Words) -> Mapping[str, Any] | None:
    """Course outputs from term to term, the oldest first; nothing where there is one term."""
    rows = {(row.period, row.measure.state): row.total for row in shown.rows if row.measure.subject == OUTPUT}
    terms = sorted({period for period, _ in rows})
    if len(terms) < 2:
        return None
    labels = [str(words.period(term)) for term in terms]
    counts = [[rows[term, state] for state in _STATES] for term in terms]
    columns = zip(*counts, strict=True)
    lines = [(words.label("output_states", state), *column) for state, column in zip(_STATES, columns, strict=True)]
    heads = [words.data["status"]["measure"], *terms]
    return {
        "bars": bars(labels, _STATES, counts),
        "table": table(words.data["status"]["trend"], heads, lines, numbers=True),
    }
