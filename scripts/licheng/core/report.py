"""What a check found, sorted: findings, what was skipped and why, how often each rule ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from licheng.core.errors import ExitCode
from licheng.core.finding import Finding, Severity, Value
from licheng.core.location import Location, Place


@dataclass(frozen=True, slots=True, order=True)
class LocatedFinding:
    """A finding whose places are computed: what outputs show, all but `identity` (see `Finding`)."""

    location: Location
    code: str
    severity: Severity = field(compare=False)
    values: Mapping[str, Value] = field(compare=False)
    related: tuple[Location, ...] = ()
    identity: str = field(default="", compare=False, repr=False)

    @classmethod
    def of(cls, finding: Finding, where: Callable[[Place | Location], Location]) -> LocatedFinding:
        """A finding with its places, all of them, as `where` computes them."""
        related = tuple(map(where, finding.related))
        return cls(where(finding.place), finding.code, finding.severity, finding.values, related, finding.identity)


Key = Callable[[LocatedFinding], Hashable]


def same_fault(finding: LocatedFinding) -> Hashable:
    """What tells two faults apart where lines may have moved: code, file and values.

    What is masked in the values is told apart by what it hides: another number is another fault.
    """
    return finding.code, finding.location.path, repr(sorted(finding.values.items(), key=repr)), finding.identity


def same_place(finding: LocatedFinding) -> Hashable:
    """Likewise where no line has moved: the place itself counts."""
    return finding.location, same_fault(finding)


def apart(
    findings: Iterable[LocatedFinding], known: Iterable[LocatedFinding], key: Key = same_fault
) -> tuple[tuple[LocatedFinding, ...], tuple[LocatedFinding, ...]]:
    """Findings that are new, and those that were known: each as often as it was known, in the order of the first."""
    left = Counter(map(key, known))
    fresh: list[LocatedFinding] = []
    inherited: list[LocatedFinding] = []
    for finding in findings:
        (inherited if left[key(finding)] > 0 else fresh).append(finding)
        left[key(finding)] -= 1
    return tuple(fresh), tuple(inherited)


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
        """Sort on construction, so that no output depends on the order of work; the same fact at one place once."""
        different = {(same_place(finding), finding.related): finding for finding in findings}
        return cls(tuple(sorted(different.values())), tuple(sorted(skips)), dict(sorted(ran.items())), checked, records)

    def count(self, severity: Severity) -> int:
        """How many findings of one severity."""
        return Counter(finding.severity for finding in self.findings)[severity]

    @property
    def exit_code(self) -> ExitCode:
        """Errors are 1; nothing checked could not be decided, 3."""
        if self.checked == 0:
            return ExitCode.UNDECIDED
        return ExitCode.ERRORS if self.count(Severity.ERROR) else ExitCode.CLEAN
