"""What a check found, sorted: findings, what was skipped and why, how often each rule ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from licheng.core.errors import ExitCode
from licheng.core.finding import Severity, Value
from licheng.core.location import Location


@dataclass(frozen=True, slots=True, order=True)
class LocatedFinding:
    """A finding whose places are computed: what outputs show, all but `identity` (see `Finding`)."""

    location: Location
    code: str
    severity: Severity = field(compare=False)
    values: Mapping[str, Value] = field(compare=False)
    related: tuple[Location, ...] = ()
    identity: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True, order=True)
class SkipCount:
    """A rule could not judge `count` things for one reason; `example` is the first of them."""

    code: str
    reason: str
    example: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer of a check.

    Attributes:
        findings: sorted by place, then code.
        skips: sorted; one a code and reason.
        ran: how often each rule judged something, by code.
        checked: files read.
        records: records among them.
    """

    findings: tuple[LocatedFinding, ...]
    skips: tuple[SkipCount, ...]
    ran: Mapping[str, int]
    checked: int
    records: int

    @classmethod
    def of(
        cls,
        findings: Iterable[LocatedFinding],
        skips: Iterable[SkipCount],
        ran: Mapping[str, int],
        *,
        checked: int,
        records: int,
    ) -> Report:
        """Sort on construction, so that no output depends on the order of work."""
        return cls(tuple(sorted(findings)), tuple(sorted(skips)), dict(sorted(ran.items())), checked, records)

    def count(self, severity: Severity) -> int:
        """How many findings of one severity."""
        return Counter(finding.severity for finding in self.findings)[severity]

    @property
    def exit_code(self) -> ExitCode:
        """Errors are 1; nothing checked could not be decided, 3."""
        if self.checked == 0:
            return ExitCode.UNDECIDED
        return ExitCode.ERRORS if self.count(Severity.ERROR) else ExitCode.CLEAN
