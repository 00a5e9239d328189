"""Batches and rosters: which there are. The agency sets them (名冊別); a rulebook may have batches of its own."""

from __future__ import annotations

from licheng.core.school import School
from licheng.core.term import Term

REGULAR = "regular"  # what goes at once, in no batch


def batches(term: Term, school: School) -> frozenset[str]:
    """The batches in which something of a term can be selected and submitted."""
    book = school.rulebooks.for_term(term)
    own = book.names["batches"] if book is not None else ()
    of_agency = (
        batch
        for layer in school.agency.layers
        for roster in layer.record.data.get("rosters", ())
        for batch in roster.get("batch_codes", ())
    )
    return frozenset({REGULAR, *own, *of_agency})


def rosters(school: School) -> frozenset[str]:
    """The rosters that the agency takes, of all its layers; none where it has announced nothing."""
    layers = (layer.record.data.get("rosters", ()) for layer in school.agency.layers)
    return frozenset(roster["id"] for every in layers for roster in every)
