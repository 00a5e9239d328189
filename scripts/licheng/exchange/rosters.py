"""Reads the program's table of rosters (`rosters.yaml`): where each column's value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from licheng.policy.rosters import Homes, RosterSheet, Source


@cache
def homes() -> Homes:
    """The table, as it comes with the program."""
    text = files(__package__).joinpath("rosters.yaml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = yaml.safe_load(text)
    return Homes(
        sheets={
            roster: {name: _sheet(sheet) for name, sheet in sheets.items()}
            for roster, sheets in table["rosters"].items()
        },
        derivations={name: tuple(map(Source.parse, reads)) for name, reads in table["derivations"].items()},
    )


def _sheet(sheet: Mapping[str, Any]) -> RosterSheet:
    chosen = {name: tuple(sheet[name]) for name in ("mode", "category") if name in sheet}
    return RosterSheet(sheet["rows"], chosen, {column: Source.parse(text) for column, text in sheet["columns"].items()})
