"""The gate's answer, bound to the two commits that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from licheng.core.errors import ExitCode
from licheng.core.report import LocatedFinding, Report


@dataclass(frozen=True, slots=True, order=True)
class NextStep:
    """What somebody does next: who (an account's id), what (an entry of the catalog), how many, by which command."""

    who: str
    what: str
    count: int
    command: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether head may become main.

    Attributes:
        base: full id.
        head: full id.
        actor: the account's id, or the identity that no account has.
        report: what blocks, or under broken glass would have.
        inherited: errors that main has already, which do not block.
        changes: how many entries of the difference were judged.
        things: what was handed in, certified or selected: path → SHA-256 of the content.
        reserved: those of them that keep the time of this push, whatever comes of it: who sent them might.
        steps: what comes next, one for each person and kind.
        glass: why a coordinator broke the glass; empty normally.
        glass_suffices: no rule that blocks always (`Rule.always`) has found anything.
    """

    base: str
    head: str
    actor: str
    report: Report
    inherited: tuple[LocatedFinding, ...] = ()
    changes: int = 0
    things: Mapping[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    steps: tuple[NextStep, ...] = ()
    glass: str = ""
    glass_suffices: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """0 may merge, 1 refused, 3 nothing was judged; with broken glass only what always blocks."""
        return ExitCode.CLEAN if self.glass and self.glass_suffices else self.report.exit_code
