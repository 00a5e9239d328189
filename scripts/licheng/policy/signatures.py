"""Signed sheets: whether what a student selected was printed, signed and taken in again, as some rulebooks ask.

The record of a sheet says who signed and the SHA-256 of the selection that was printed. Once the selection changes, the
signature is of something else: it is stale, and a new sheet is signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.rulebook import Act, Rulebook
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.batches import REGULAR


class SheetState(StrEnum):
    """Where the sheet of a selection stands."""

    SIGNED = "signed"
    MISSING = "missing"
    INCOMPLETE = "incomplete"  # somebody who has to sign has not
    STALE = "stale"  # the selection has changed since it was printed


class Wanted(NamedTuple):
    """Who signs what was selected; `required`: before it is submitted to the agency."""

    by: frozenset[str]
    required: bool
    article: str


def wanted(book: Rulebook | None) -> Wanted | None:
    """What a rulebook asks for; None where it asks for no signature."""
    entries = book.record.data.get("signatures", ()) if book is not None else ()
    return next((Wanted(frozenset(e["by"]), e["required"], e["article"]) for e in entries), None)


def digest(selection: Record) -> str:
    """SHA-256 in hex of a selection as it is: what its sheet bears, and what `sha256sum` prints."""
    return hashlib.sha256(selection.text.encode()).hexdigest()


def sheets(student: Student, school: School) -> Iterator[tuple[Record, Wanted, SheetState]]:
    """Every selection that its school year's rulebook wants signed, what it wants, and where the sheet stands."""
    for selection in student.of("selection"):
        want = wanted(school.rulebooks.for_year(int(selection.identity["year"])))
        if want is None:
            continue
        about = (selection.identity["year"], selection.identity["batch"])
        taken_in = (record for record in student.of("signature") if day(record.data["on"]) <= school.today)
        own = [record for record in taken_in if (record.identity["year"], record.identity["batch"]) == about]
        if not own:
            sheet = SheetState.MISSING
        elif own[0].data["digest"] != digest(selection):
            sheet = SheetState.STALE
        else:
            sheet = SheetState.SIGNED if want.by <= set(own[0].data["signed"]) else SheetState.INCOMPLETE
        yield selection, want, sheet


def term_of(selection: Record, school: School) -> Term:
    """The term whose calendar opened the selection: what is selected in February may belong to the term before."""
    on, batch = day(selection.data["on"]), selection.identity["batch"]
    opened = [
        (window.opens, term)
        for term, calendar in school.calendars.items()
        for window in calendar.windows
        if window.stage == Act.SELECTION and (window.batch or REGULAR) == batch and window.opens <= on
        if term.year == int(selection.identity["year"])
    ]
    return max(opened)[1] if opened else Term.on(on)
