"""Trainings term by term: what the regulation wants, what is planned, held or missing, and the handouts (陸)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from licheng.outputs.inert import chip, inert, lines, link, table
from licheng.outputs.pages.regulation import name_of
from licheng.outputs.pages.view import SessionView, SiteView
from licheng.outputs.words import Words

_SHAPES = {"held": "done", "planned": "coming", "missing": "warning", "unreported": "warning", "said": "warning"}


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`training.md`."""
    say = words.data["trainings"]
    wanted = [say["audience"], say["topics"], say["state"], say["article"]]
    heads = [say["date"], say["session"], say["place"], say["planned"], say["actual"], say["materials"]]
    missed = [say["what"], say["said_on"], say["instead"], say["instead_by"]]
    terms = []
    for term in view.trainings:
        name = words.period(term.term)
        explained = {omission.demand for omission in term.omissions}
        demands = [
            (words.label("audiences", demand.audience), words.labels("topics", demand.topics),
             _state("said" if demand.audience in explained else demand.state, words), demand.article)
            for demand in term.demands
        ]  # fmt: skip
        # What was not held of a term and is explained, and what is done instead.
        omitted = [
            (
                say["meeting"] if omission.demand == "meeting" else words.label("audiences", omission.demand),
                words.date(omission.on),
                omission.instead or words.data["text"]["none"],
                words.date(omission.instead_by),
            )
            for omission in term.omissions
        ]
        sessions = [_session(session, view, words) for session in term.sessions]
        values = {
            "name": name,
            "over": view.over(term.term),
            "anchor": f"t-{term.term}",
            "demands": table(words.say("trainings", "wanted_of", term=name), wanted, demands) if demands else None,
            "omissions": table(words.say("trainings", "said_of", term=name), missed, omitted) if omitted else None,
            "sessions": table(words.say("trainings", "sessions_of", term=name), heads, sessions) if sessions else None,
        }
        terms.append(values)
    cell = view.rulebook.minimum_cell if view.rulebook is not None else 1
    yield "training.md", "training.md", {"as_of": words.date(view.today), "cell": cell, "terms": terms}


def _state(state: str, words: Words) -> Markup:
    return chip(words.label("training_states", state), _SHAPES[state])


def _session(session: SessionView, view: SiteView, words: Words) -> tuple[object, ...]:
    none = words.data["text"]["none"]
    audience, topics = words.label("audiences", session.audience), words.labels("topics", session.topics)
    organiser = name_of({"unit": session.organiser}, view, words)
    materials = []
    for material in session.materials:
        title, url = inert(material.title), material.url
        if material.page is not None and words.short == "zh":  # a page of the handbook, which has no twin for certain
            materials.append(link(title, material.page))
        elif url is not None:
            # Checked by its schema; what could end a link or a cell early is encoded all the same.
            materials.append(Markup(f'<a href="{inert(url)}" rel="noopener">{title}</a>'))  # noqa: S704 - inert
        else:
            materials.append(title)
    return (
        lines([words.date(session.on), *([session.hours] if session.hours else [])]),
        lines([audience, organiser, topics, _state(session.state, words)]),
        session.place,
        session.planned,
        session.actual if session.actual is not None else none,
        lines(materials) if materials else none,
    )
