"""Evaluations that the secretary released: the figures of the whole school, and the secretary's own words (柒)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import inert, lines, table
from licheng.outputs.pages.regulation import name_of
from licheng.outputs.pages.view import EvaluationView, SiteView
from licheng.outputs.words import Words
from licheng.policy.evaluation import PublicFigures


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`evaluation.md`."""
    cell = view.rulebook.minimum_cell if view.rulebook is not None else 1
    years = [_year(one, view, words) for one in view.evaluations]
    yield "evaluation.md", "evaluation.md", {"years": years, "cell": cell}


def _year(one: EvaluationView, view: SiteView, words: Words) -> Mapping[str, Any]:
    name, heads = words.period(str(one.year)), [words.data["evaluation"]["item"], words.data["evaluation"]["value"]]
    caption = words.say("evaluation", "figures_of", year=name)
    return {
        "name": name,
        "anchor": f"y-{one.year}",
        "told": words.say("evaluation", "told", by=name_of({"post": one.by}, view, words), on=one.on.isoformat(),
                          released=one.released.isoformat()),
        "summary": one.summary,
        "as_of": words.date(one.as_of) if one.as_of is not None else None,
        "table": table(caption, heads, _figures(one.figures, words)) if one.figures is not None else None,
        "words": plain(one.words),
    }  # fmt: skip


def _figures(one: PublicFigures, words: Words) -> Iterator[tuple[object, object]]:
    """Shares and days; how many outputs there are is for the status alone, so that no two pages give two numbers."""
    say = words.data["evaluation"]
    yield say["due"], one.due
    yield say["on_time"], _percent("at_least", one.on_time_percent, words)
    yield say["returned"], _percent("at_most", one.returned_percent, words)
    yield say["waits"], lines(_within(one, words)) if one.median_days is not None else say["too_few"]
    for name, (wanted, held) in (("trainings", one.trainings), ("meetings", one.meetings)):
        yield say[name], words.say("evaluation", "of", held=held, wanted=wanted)


def _within(one: PublicFigures, words: Words) -> Iterator[Markup]:
    """The median and the ninetieth percentile as people say them."""
    yield words.say("evaluation", "half_within", days=one.median_days)
    yield words.say("evaluation", "most_within", days=one.p90_days)


def _percent(bound: str, percent: int | None, words: Words) -> Markup:
    name, values = ("too_few", {}) if percent is None else (bound, {"percent": percent})
    return words.say("evaluation", name, **values)


def plain(text: str) -> Markup:
    """Text of a record as paragraphs, lists and labels; the title is left out, everything else is inert."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text.strip()))
    return Markup("\n\n".join(_block(block) for block in blocks if block and not block.startswith("# ")))  # noqa: S704


def _block(block: str) -> str:
    rows = block.split("\n")
    if re.match(r"#{2,6} ", rows[0]):
        rest = "\n".join(rows[1:]).strip()
        return f"**{inert(rows[0].lstrip('#'))}**" + (f"\n\n{_block(rest)}" if rest else "")
    if all(line.startswith("- ") for line in rows):
        return "\n".join(f"- {inert(line[2:])}" for line in rows)
    return str(inert(" ".join(rows)))
