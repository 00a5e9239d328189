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
            roster: {
                name: RosterSheet(
                    sheet["rows"],
                    {choice: tuple(sheet[choice]) for choice in ("mode", "category") if choice in sheet},
                    {column: Source.parse(source) for column, source in sheet["columns"].items()},
                )
                for name, sheet in sheets.items()
            }
            for roster, sheets in table["rosters"].items()
        },
        derivations={name: tuple(map(Source.parse, reads)) for name, reads in table["derivations"].items()},
        cover=table["cover"],
        identity={column: Source.parse(source) for column, source in table["identity"].items()},
    )
