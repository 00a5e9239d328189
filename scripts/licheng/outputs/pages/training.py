"""Trainings term by term: what the regulation wants, what is planned, held or missing, and the handouts (陸)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import chip, inert, lines, link, table
from licheng.outputs.pages.regulation import name_of
from licheng.outputs.pages.view import DemandView, Material, SessionView, SiteView, TrainingTermView
from licheng.outputs.words import Words

_SHAPES = {"held": "done", "planned": "coming", "missing": "warning", "unreported": "warning"}


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`training.md`."""
    cell = view.rulebook.minimum_cell if view.rulebook is not None else 1
    values = {
        "as_of": words.date(view.today),
        "cell": cell,
        "terms": [_term(one, view, words) for one in view.trainings],
    }
    yield "training.md", "training.md", values


def _term(one: TrainingTermView, view: SiteView, words: Words) -> Mapping[str, Any]:
    say, name = words.data["trainings"], words.period(one.term)
    wanted = [say["audience"], say["topics"], say["state"], say["article"]]
    heads = [say["date"], say["session"], say["place"], say["planned"], say["actual"], say["materials"]]
    demands = [_demand(each, words) for each in one.demands]
    sessions = [_session(each, view, words) for each in one.sessions]
    return {
        "name": name,
        "anchor": f"t-{one.term}",
        "demands": table(words.say("trainings", "wanted_of", term=name), wanted, demands) if demands else None,
        "sessions": table(words.say("trainings", "sessions_of", term=name), heads, sessions) if sessions else None,
    }


def _demand(one: DemandView, words: Words) -> tuple[object, ...]:
    topics = words.labels("topics", one.topics)
    return words.label("audiences", one.audience), topics, _state(one.state, words), one.article


def _state(state: str, words: Words) -> Markup:
    return chip(words.label("training_states", state), _SHAPES[state])


def _session(one: SessionView, view: SiteView, words: Words) -> tuple[object, ...]:
    none = words.data["text"]["none"]
    organiser = name_of({"unit": one.organiser}, view, words)
    return (
        words.date(one.on),
        lines([words.label("audiences", one.audience), organiser, words.labels("topics", one.topics),
               _state(one.state, words)]),
        one.place,
        one.planned,
        one.actual if one.actual is not None else none,
        lines(_material(material, words) for material in one.materials) if one.materials else none,
    )  # fmt: skip


def _material(one: Material, words: Words) -> Markup:
    """An address was checked by its schema; what could end a link or a cell early is encoded all the same."""
    if one.page is not None and words.short == "zh":  # a page of the handbook, which has no twin for certain
        return link(one.title, one.page)
    if one.url is not None:
        return Markup(f'<a href="{inert(one.url)}" rel="noopener">{inert(one.title)}</a>')  # noqa: S704 - inert
    return inert(one.title)
