"""The limits that hold now: of files and summaries by the agency's notice in force, of numbers by the rulebook too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    rows: list[Mapping[str, Any]] = []
    for name, say in SECTIONS.items():
        # The layers whose section holds today, and for which year levels: students of one level entered together.
        holding: dict[AgencyLayer, list[int]] = {}
        for level in LEVELS:
            cohort = term.year - (level - LEVELS[0])
            latest = (layer for layer in reversed(view.agency) if name in layer.record.data)
            first = next((layer for layer in latest if layer.applies(term, cohort)), None)
            if first is not None:
                holding.setdefault(first, []).append(level)
        for layer, levels in holding.items():
            what = words.data["agency"][name]
            if len(levels) < len(LEVELS):
                what = words.say("by_level", "batch", what=what, batch=words.labels("levels", levels))
            data = layer.record.data
            source = words.say("limits", "notice", on=words.short_date(day(data["announced"])), notice=data["notice"])
            rows.append({"what": what, "limit": say(data[name], words), "source": source})
    if view.rulebook is not None:  # what may be submitted to the school (肆.一)
        own = [quota for quota in view.rulebook.record.data["quotas"] if quota["stage"] == "submitted"]
        articles = str(words.data["text"]["comma"]).join(sorted({quota["article"] for quota in own}))
        book = link(words.data["limits"]["rulebook_name"], "regulation.md")
        source = words.say("limits", "rulebook", rulebook=book, article=articles)
        rows.append({"what": words.data["limits"]["submitted"], "limit": quotas(own, words), "source": source})
    return {"term": words.period(str(term)), "rows": rows}
