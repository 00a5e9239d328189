"""The public status: rounded counts by period and year level, the current term first, nothing else.

What is hidden is said to be hidden: `<5`, never 0; a measure of which no year level has enough is only named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import table
from licheng.outputs.pages.bars import Bars, bars
from licheng.outputs.pages.view import SiteView
from licheng.outputs.status import public_number
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS, Phase
from licheng.policy.deadlines import DeadlineKind
from licheng.policy.status import OUTPUT, QUOTAS, USES, StatusRow, Table

# From what is done to what is not begun.
_STATES = ("certified", "claimed", "submitted", "stale", "returned", "revoked", "draft")


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`status.md`: the newest term with its school year, then older ones."""
    shown = view.status
    terms = []
    years: set[str] = set()  # whose numbers stand with their newest term
    if shown is not None:
        for term in (period for period in shown.periods if "-" in period):
            year = term.partition("-")[0]
            terms.append(_term(shown, [term] if year in years else [term, year], words))
            years.add(year)
    # The windows that are open today, named as everywhere else.
    names = view.names(words)
    opened = [
        (names.title(deadline), names.owners(deadline.owners), words.date(deadline.closes))
        for deadline in view.deadlines
        if deadline.kind is DeadlineKind.WINDOW and view.phase(deadline) is Phase.RUNNING
    ]
    heads = [words.data["status"]["window"], words.data["status"]["who"], words.data["calendar"]["closes"]]
    values = {
        "as_of": words.short_date(view.status_as_of),
        "open": table(words.data["status"]["open"], heads, opened) if opened else None,
        "cell": shown.minimum_cell if shown is not None else None,
        "trend": _trend(shown, words) if shown is not None else None,
        "current": terms[:1],
        "earlier": terms[1:],
    }
    yield "status.md", "status.md", values


def _term(shown: Table, periods: Sequence[str], words: Words) -> Mapping[str, Any]:
    term, name = periods[0], words.period(periods[0])
    rows = [row for row in shown.rows if row.period in periods and row.measure.subject not in QUOTAS]
    comma: Markup = words.data["text"]["comma"]
    # How many students have used up a quota of a term or a school year; no bars where the quota is not theirs.
    uses = []
    for period, quota in product(periods, QUOTAS):
        subject = words.label("categories", QUOTAS[quota])
        title = words.say("status", "uses", period=words.period(period), subject=subject)
        own = [row for row in shown.rows if row.period == period and row.measure.subject == quota]
        values = {
            "id": f"{quota}-{period}",
            "title": title,
            "bars": _bars(shown, period, quota, USES, words),
            "table": _numbers(own, title, shown.minimum_cell, words),
        }
        uses.append(values)
    return {
        "bars": _bars(shown, term, OUTPUT, _STATES, words),
        "title": words.say("status", "chart", period=name),
        "uses": uses,
        "name": name,
        "anchor": f"p-{term}",
        "table": _numbers(rows, words.say("status", "caption", period=name), shown.minimum_cell, words),
        "hidden": comma.join(_measure(row, words) for row in rows if not row.total),
    }


def _measure(row: StatusRow, words: Words) -> Markup:
    """What is counted; what is of a school year says so."""
    if "-" in row.period:
        return words.measure(row.measure)
    return words.say("status", "of_year", measure=words.measure(row.measure), year=words.period(row.period))


def _bars(shown: Table, period: str, subject: str, states: Sequence[str], words: Words) -> Bars | None:
    rows = {row.measure.state: row.counts for row in shown.rows
            if row.period == period and row.measure.subject == subject}  # fmt: skip
    if not rows:
        return None
    counts = [[rows[state][index] for state in states] for index in range(len(LEVELS))]
    names = [words.label("levels", level) for level in LEVELS]
    return bars([_label(name, row, shown, words) for name, row in zip(names, counts, strict=True)], states, counts,
                shown.minimum_cell)  # fmt: skip


def _label(name: Markup, counts: Sequence[int], shown: Table, words: Words) -> str:
    """The words above a bar: its total, or that each of its pieces is too small to show."""
    return f"{name} · {sum(counts) or words.say('status', 'all_hidden', cell=shown.minimum_cell)}"


def _numbers(rows: Sequence[StatusRow], caption: Markup, cell: int, words: Words) -> Markup | None:
    """Rows that some year level has enough of; a total is the sum of what is shown."""
    levels = (words.label("levels", level) for level in LEVELS)
    heads = [words.data["status"]["measure"], *levels, words.data["text"]["total"]]
    numbers = [
        (_measure(row, words), *(public_number(count, cell) for count in row.counts), row.total)
        for row in rows
        if row.total
    ]
    return table(caption, heads, numbers, numbers=True) if numbers else None


def _trend(shown: Table, words: Words) -> Mapping[str, Any] | None:
    """Course outputs from term to term, the oldest first; nothing where there is one term."""
    rows = {(row.period, row.measure.state): row.total for row in shown.rows if row.measure.subject == OUTPUT}
    terms = sorted({period for period, _ in rows})
    if len(terms) < 2:
        return None
    counts = [[rows[term, state] for state in _STATES] for term in terms]
    labels = [_label(words.period(term), row, shown, words) for term, row in zip(terms, counts, strict=True)]
    columns = zip(*counts, strict=True)
    lines = [
        (
            words.label("output_states", state),
            *(public_number(total, shown.minimum_cell, len(LEVELS)) for total in column),
        )
        for state, column in zip(_STATES, columns, strict=True)
        if any(column)
    ]
    heads = [words.data["status"]["measure"], *terms]
    return {
        "bars": bars(labels, _STATES, counts, shown.minimum_cell),
        "table": table(words.data["status"]["trend"], heads, lines, numbers=True) if lines else None,
    }
