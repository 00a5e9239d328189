"""The form of a receipt: the roster's own sheets, unless the agency's layers say that one comes back otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from licheng.core.rulebook import AgencyRules
from licheng.core.term import Term
from licheng.policy import cells
from licheng.policy.calendar import LEVELS, cohort_of
from licheng.policy.cells import CellFault, Value
from licheng.policy.exporting.asked import AskedRoster
from licheng.policy.exporting.cells import DAYS
from licheng.policy.rosters import DERIVED, Homes

_LINKS = ("document-of-", "media-of-")  # derivations whose cell is the link of a file that was sent
_FIRST, _LAST = date(1912, 1, 1), date(2199, 12, 31)


class ReceiptSheet(NamedTuple):
    """A sheet as it comes back.

    Attributes:
        compared: the roster's columns that come back, without those of the identity.
        links: those of them whose cell is the link of a file, and so tells its digest.
        digests: columns with the MD5 of a file, which may be missing, and the link that each is of.
        ignored: columns of the agency's own, and of ours that it does not give back; there or not.
        days: columns that are days.
    """

    name: str
    compared: tuple[str, ...]
    links: frozenset[str]
    digests: Mapping[str, str]
    ignored: frozenset[str]
    days: frozenset[str]


class ReceiptForm(NamedTuple):
    """A receipt of one roster.

    Attributes:
        name: what the entry of a JSON file is called that lists the students.
        info: what its entry is called that says school, year and term.
        cover: of a workbook, its first sheet.
        says: what columns of cover and head must say where they are there: year, half.
        key: the identity column by which a student is known; the others are compared.
        identity: all of them.
        sheets: by name.
        truths: how the agency writes yes and no.
    """

    name: str
    info: str
    cover: str
    says: Mapping[str, str]
    key: str
    identity: tuple[str, ...]
    sheets: Mapping[str, ReceiptSheet]
    truths: tuple[str, str]


def receipt_form(asked: AskedRoster, agency: AgencyRules, homes: Homes) -> ReceiptForm | None:
    """How the agency gives back a roster; None where its rules know no receipt of it."""
    term = Term(asked.year, asked.half or 1)
    section = agency.section("receipts", term, cohort_of(term, min(asked.levels or LEVELS)))
    if section is None:
        return None
    form = next((form for form in section["forms"] if asked.id in form["rosters"]), None)
    if form is None:
        return None
    otherwise = {sheet["name"]: sheet for sheet in section.get("sheets", ())}
    identity = tuple(asked.workbook["identity"])
    says = {"year": str(asked.year), "half": str(asked.half)}
    return ReceiptForm(
        name=form["name"],
        info=section["info"],
        cover=asked.workbook["cover"]["name"],
        says={column: says[what] for column, what in homes.cover.items() if what in says},
        key=next(column for column in identity if homes.identity[column].name == "id_number"),
        identity=identity,
        sheets={
            sheet["name"]: _sheet(asked, sheet, otherwise.get(sheet["name"], {}), section.get("digests", ()), homes)
            for sheet in asked.form["sheets"]
        },
        truths=(str(asked.workbook["false_code"]), str(asked.workbook["true_code"])),
    )


def _sheet(
    asked: AskedRoster,
    sheet: Mapping[str, Any],
    otherwise: Mapping[str, Any],
    digests: tuple[Mapping[str, str], ...],
    homes: Homes,
) -> ReceiptSheet:
    identity, lacks = asked.workbook["identity"], otherwise.get("lacks", ())
    compared = tuple(column for column in sheet["columns"] if column not in {*identity, *lacks})
    sources = {column: homes.source(asked.id, sheet["name"], column) for column in compared}
    known = {column: source for column, source in sources.items() if source is not None}
    own = {**known, **{column: homes.identity[column] for column in identity}}
    return ReceiptSheet(
        name=sheet["name"],
        compared=compared,
        links=frozenset(c for c, source in known.items() if source.of == DERIVED and source.name.startswith(_LINKS)),
        digests={entry["column"]: entry["of"] for entry in digests if entry["of"] in compared},
        ignored=frozenset({*lacks, *otherwise.get("added", ())}),
        days=frozenset(c for c, source in own.items() if source.name.rpartition(".")[2] in DAYS)
        | {c for c, source in own.items() if source.name == "enrolment-changed-on"},
    )


def cell_text(value: Value, *, is_day: bool, truths: tuple[str, str]) -> str | CellFault:
    """What a cell says, in the one form in which both sides are compared; an empty cell is an empty text."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return truths[value]
    return cells.day(value, _FIRST, _LAST) if is_day else cells.text(value)
