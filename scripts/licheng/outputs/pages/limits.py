"""The limits that hold now: of files and summaries by the agency's notice in force, of numbers by the rulebook too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.core.dates import day
from licheng.core.rulebook import AgencyLayer
from licheng.core.term import Term
from licheng.outputs.inert import lines, link
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS

_MB = 1024 * 1024


def files(section: Mapping[str, Any], words: Words) -> Markup:
    """Types and sizes of documents and of media."""
    return lines(
        words.say(
            "agency",
            group,
            extensions=", ".join(ending.upper() for kind in section[group]["types"] for ending in kind["extensions"]),
            size=section[group]["max_bytes"] // _MB,
        )
        for group in ("document", "media")
    )


def characters(section: Mapping[str, Any], words: Words) -> Markup:
    """How long a summary may be."""
    return words.say("agency", "characters", limit=section["max_characters"])


def quotas(section: list[Mapping[str, Any]], words: Words) -> Markup:
    """How many of what in which period; a rulebook and a layer of the agency say it in the same shape."""
    return lines(
        words.say(
            "agency",
            "quota",
            of=words.label("categories", entry["of"]),
            per=words.label("per", entry["per"]),
            limit=entry["limit"],
            unit=words.label("count_units", entry["of"]),
        )
        for entry in section
    )


# Sections of the agency's layers, and what says each of them in words.
SECTIONS: Mapping[str, Callable[[Any, Words], Markup]] = {"files": files, "summary": characters, "quotas": quotas}


def limits(view: SiteView, words: Words) -> Mapping[str, Any]:
    """The box: its term, what holds, each with the notice that it comes from."""
    term = Term.on(view.today)
    return {
        "term": words.period(str(term)),
        "rows": [*_of_agency(term, view, words), *_of_school(view, words)],
    }


def _of_agency(term: Term, view: SiteView, words: Words) -> Iterator[Mapping[str, Any]]:
    for name, say in SECTIONS.items():
        for layer, levels in _layers(name, term, view).items():
            section = layer.record.data[name]
            what = words.data["agency"][name]
            if len(levels) < len(LEVELS):
                what = words.say("by_level", "batch", what=what, batch=words.labels("levels", levels))
            yield {"what": what, "limit": say(section, words), "source": _notice(layer, words)}


def _layers(name: str, term: Term, view: SiteView) -> Mapping[AgencyLayer, list[int]]:
    """The layers whose section holds today, and for which year levels: students of one level entered together."""
    holding: dict[AgencyLayer, list[int]] = {}
    for level in LEVELS:
        cohort = term.year - (level - LEVELS[0])
        layers = (layer for layer in reversed(view.agency) if name in layer.record.data and layer.applies(term, cohort))
        if (layer := next(layers, None)) is not None:
            holding.setdefault(layer, []).append(level)
    return holding


def _notice(layer: AgencyLayer, words: Words) -> Markup:
    data = layer.record.data
    return words.say("limits", "notice", on=words.short_date(day(data["announced"])), notice=data["notice"])


def _of_school(view: SiteView, words: Words) -> Iterator[Mapping[str, Any]]:
    """What may be submitted to the school (肆.一)."""
    if view.rulebook is not None:
        own = [quota for quota in view.rulebook.record.data["quotas"] if quota["stage"] == "submitted"]
        articles = str(words.data["text"]["comma"]).join(sorted({quota["article"] for quota in own}))
        book = link(words.data["limits"]["rulebook_name"], "regulation.md")
        source = words.say("limits", "rulebook", rulebook=book, article=articles)
        yield {"what": words.data["limits"]["submitted"], "limit": quotas(own, words), "source": source}
