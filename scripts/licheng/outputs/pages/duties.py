"""Duties (伍.五): each row of the table in each term, who answers for it, and by when.

The state shown follows from the days alone: how well an office does is for the school's own staff (`licheng status`),
since most rows are the work of one person's post.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import chip, lines, table
from licheng.outputs.naming import Names
from licheng.outputs.pages.view import CHIPS, DutyView, SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase
from licheng.policy.deadlines import Deadline, Kind


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`duties.md`."""
    names = view.names(words)
    terms = sorted({one.duty.term for one in view.duties}, reverse=True)
    yield (
        "duties.md",
        "duties.md",
        {
            "as_of": words.date(view.today),
            "terms": [
                {
                    "name": words.period(str(term)),
                    "anchor": f"t-{term}",
                    "rows": _rows([one for one in view.duties if one.duty.term == term], str(term), names),
                    "uploads": _uploads([one for one in view.deadlines if one.term == term], str(term), view, names),
                }
                for term in terms
            ],
        },
    )


def _rows(duties: Iterable[DutyView], term: str, names: Names) -> Markup:
    words = names.words
    rows = [
        (
            lines([names.duty(one.duty.row["id"]), names.levels(one.duty.levels), _phase(one.phase, words)]),
            names.owners(one.owners),
            _due(one, words),
            _agency(one, words),
            words.label("expects", one.duty.row["expects"]),
        )
        for one in duties
    ]
    heads = [words.data["duties"][name] for name in ("item", "responsible", "due", "counted_from", "expects")]
    return table(words.say("duties", "caption", term=words.period(term)), heads, rows)


def _due(one: DutyView, words: Words) -> Markup:
    return words.date(one.duty.due) if one.duty.due is not None else words.data["duties"]["undated"]


def _agency(one: DutyView, words: Words) -> Markup:
    if one.duty.agency is None:
        return words.data["text"]["none"]  # type: ignore[no-any-return]
    return lines([words.label("rosters", one.duty.agency.roster), words.date(one.duty.agency.closes)])


def _phase(phase: Phase, words: Words) -> Markup:
    return chip(words.label("duty_phases", phase), CHIPS[phase])


def _uploads(deadlines: Iterable[Deadline], term: str, view: SiteView, names: Names) -> Markup | None:
    words = names.words
    rows = [
        (
            lines(
                [
                    words.label("rosters", one.subject),
                    names.levels(one.levels, one.batch),
                    _phase(view.phase(one), words),
                ]
            ),
            names.owners(one.owners),
            words.date(one.closes),
        )
        for one in deadlines
        if one.kind is Kind.UPLOAD
    ]
    heads = [words.data["duties"][name] for name in ("roster", "responsible", "agency_due")]
    return table(words.say("duties", "uploads_of", term=words.period(term)), heads, rows) if rows else None
