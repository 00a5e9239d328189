"""Evaluations that the secretary released: the figures of the whole school, and the secretary's own words (柒)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import inert, lines, table
from licheng.outputs.pages.regulation import name_of
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`evaluation.md`."""
    say = words.data["evaluation"]
    years = []
    for evaluation in view.evaluations:
        name, figures = words.period(str(evaluation.year)), evaluation.figures
        by = name_of({"post": evaluation.by}, view, words)
        on, released = evaluation.on.isoformat(), evaluation.released.isoformat()
        caption = words.say("evaluation", "figures_of", year=name)
        rows: list[tuple[object, object]] = []
        if figures is not None:
            # Shares and days; how many outputs there are is for the status alone: no two pages give two numbers.
            days = (("half_within", figures.median_days), ("most_within", figures.p90_days))
            within = [words.say("evaluation", of, days=count) for of, count in days if count is not None]
            rows = [
                (say["due"], figures.due),
                (say["on_time"], _percent("at_least", figures.on_time_percent, words)),
                (say["returned"], _percent("at_most", figures.returned_percent, words)),
                (say["waits"], lines(within) if within else say["too_few"]),
            ]
            for of, (wanted, actual) in (("trainings", figures.trainings), ("meetings", figures.meetings)):
                rows.append((say[of], words.say("evaluation", "of", held=actual, wanted=wanted)))
            # What is too small to be shown has no row; consents and releases are the status's, as outputs are.
            for of in ("receipts", "notices", "seals_due", "sealed"):
                if count := getattr(figures, of):
                    rows.append((say[of], count))
            if figures.confirmed_percent is not None:
                rows.append((say["confirmed"], _percent("at_least", figures.confirmed_percent, words)))
        values = {
            "name": name,
            "anchor": f"y-{evaluation.year}",
            "told": words.say("evaluation", "told", by=by, on=on, released=released),
            "summary": evaluation.summary,
            "as_of": words.date(evaluation.as_of) if evaluation.as_of is not None else None,
            "table": table(caption, [say["item"], say["value"]], rows) if rows else None,
            "words": plain(evaluation.words),
        }
        years.append(values)
    cell = view.rulebook.minimum_cell if view.rulebook is not None else 1
    yield "evaluation.md", "evaluation.md", {"years": years, "cell": cell}


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
