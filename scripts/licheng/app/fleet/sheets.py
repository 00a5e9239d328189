"""Results of a fleet as the county's page takes them."""

from __future__ import annotations

from collections.abc import Iterable

from licheng.app.fleet.model import Fleet, FleetResult, trouble_of
from licheng.outputs.catalog import Catalog
from licheng.outputs.fleet import SchoolSheet


def sheets_of(fleet: Fleet, results: Iterable[FleetResult], messages: Catalog) -> list[SchoolSheet]:
    """One sheet a school, in the order of the fleet."""
    sheets = []
    for school, result in zip(fleet.schools, results, strict=True):
        rows: dict[tuple[str, str, str], dict[int, int]] = {}
        for count in result.counts:
            rows.setdefault((count.term, count.code, count.state), {})[count.level] = count.number
        refusal = trouble_of(school, result) if result.trouble else None
        trouble = " ".join((refusal.code, *messages.error(refusal))) if refusal is not None else ""
        sheets.append(SchoolSheet(school.code, school.name, result.day, result.cell, rows, result.figures, trouble))
    return sheets
