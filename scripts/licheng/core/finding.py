"""A finding: what is not as it should be, where, with its values. The words come from a catalog by its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from licheng.core.location import Location, Place

# A value of a finding: text or a number; a list of choices; or a text in both languages, by `zh` and `en`.
Value = str | int | tuple[str, ...] | Mapping[str, str]


class Severity(StrEnum):
    """Only an error makes a command exit 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Code:
    """What a finding may be: its code, the name of the offence, its severity and why it is of that severity.

    Attributes:
        code: three letters and three digits, kept for ever.
        name: the offence in kebab case, never its cure.
        severity: how much it weighs.
    """

    code: str
    name: str
    severity: Severity = Severity.ERROR

    def at(
        self, place: Place | Location, *, related: tuple[Place, ...] = (), identity: str = "", **values: Value
    ) -> Finding:
        """A finding of this code."""
        return Finding(self.code, self.severity, place, values, related, identity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        place: never missing; symbolic until the report is made.
        values: what fills the catalog's message.
        related: other places that belong to the fact, for instance what used up a quota.
        identity: what the values only show masked, by which two findings are told apart. It lives in memory alone: no
            output knows it, not even `repr`; so there is no digest of it either that anybody could guess at.
    """

    code: str
    severity: Severity
    place: Place | Location
    values: Mapping[str, Value] = field(default_factory=dict)
    related: tuple[Place | Location, ...] = ()
    identity: str = field(default="", repr=False)


class Skip(NamedTuple):
    """A rule could not judge something, and why: `reason` is an entry of the catalog."""

    code: str
    reason: str
    path: str
