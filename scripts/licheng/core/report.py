"""What a check found, sorted: findings, what was skipped and why, how often each rule ran."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, overload

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


class FindingsPack(NamedTuple):
    """Findings that nobody has looked at yet: sorted, each fact once, and counted.

    Attributes:
        first: the path of the first.
        last: of the last.
        counts: how many of each code and severity.
        load: gives them.
    """

    first: str
    last: str
    counts: Mapping[tuple[str, Severity], int]
    load: Callable[[], Sequence[LocatedFinding]]

    @classmethod
    def of(cls, findings: Sequence[LocatedFinding]) -> FindingsPack:
        """Of findings that are sorted already; there is at least one."""
        counts = Counter((finding.code, finding.severity) for finding in findings)
        return cls(findings[0].location.path, findings[-1].location.path, counts, lambda: findings)


class PackedFindings(Sequence[LocatedFinding]):
    """All findings in their order; what only has to be counted is not loaded.

    Attributes:
        counts: how many of each code and severity.
    """

    def __init__(self, findings: Iterable[LocatedFinding], packs: Iterable[FindingsPack]) -> None:
        """Sort.

        Args:
            findings: in any order.
            packs: in any order; one that has no stretch of paths for itself is loaded, as its findings may tie with
                others, or be the same.
        """
        loose, by_path = [*findings], sorted(packs, key=lambda pack: pack.first)
        overlap = any(pack.last >= after.first for pack, after in pairwise(by_path))
        paths = sorted({finding.location.path for finding in loose})
        whole: list[FindingsPack] = []
        for pack in by_path:
            following = bisect_left(paths, pack.first)
            if overlap or (following < len(paths) and paths[following] <= pack.last):
                loose += pack.load()
            else:
                whole.append(pack)
        self._parts: list[FindingsPack] = []
        rest = sorted_once(loose)
        for pack in whole:
            before = bisect_left(rest, pack.first, key=lambda finding: finding.location.path)
            self._parts += [FindingsPack.of(part) for part in (rest[:before],) if part]
            self._parts.append(pack)
            rest = rest[before:]
        self._parts += [FindingsPack.of(part) for part in (rest,) if part]
        self.counts: Counter[tuple[str, Severity]] = Counter()
        for pack in self._parts:
            self.counts.update(pack.counts)

    def first(self, most: int) -> list[LocatedFinding]:
        """The first of each code, at most so many, in their order."""
        wanted: Counter[str] = Counter()
        for (code, _), count in self.counts.items():
            wanted[code] = min(most, wanted[code] + count)
        first = []
        for pack in self._parts:
            for finding in pack.load() if any(wanted[code] for code, _ in pack.counts) else ():
                if wanted[finding.code]:
                    wanted[finding.code] -= 1
                    first.append(finding)
        return first

    def __iter__(self) -> Iterator[LocatedFinding]:
        for pack in self._parts:
            yield from pack.load()

    def __len__(self) -> int:
        return self.counts.total()

    @overload
    def __getitem__(self, index: int) -> LocatedFinding: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[LocatedFinding]: ...

    def __getitem__(self, index: int | slice) -> LocatedFinding | Sequence[LocatedFinding]:
        return tuple(self)[index]

    def __repr__(self) -> str:
        return repr(tuple(self))


def sorted_once(findings: Iterable[LocatedFinding]) -> list[LocatedFinding]:
    """By place, then code; the same fact at one place once."""
    return sorted({(same_place(finding), finding.related): finding for finding in findings}.values())


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

    findings: Sequence[LocatedFinding]
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
        packs: Sequence[FindingsPack] = (),
    ) -> Report:
        """Sort on construction, so that no output depends on the order of work; the same fact at one place once."""
        ordered = PackedFindings(findings, packs) if packs else tuple(sorted_once(findings))
        return cls(ordered, tuple(sorted(skips)), dict(sorted(ran.items())), checked, records)

    def count(self, severity: Severity) -> int:
        """How many findings of one severity."""
        if isinstance(self.findings, PackedFindings):
            return sum(count for (_, of), count in self.findings.counts.items() if of is severity)
        return Counter(finding.severity for finding in self.findings)[severity]

    @property
    def exit_code(self) -> ExitCode:
        """Errors are 1; nothing checked could not be decided, 3."""
        if self.checked == 0:
            return ExitCode.UNDECIDED
        return ExitCode.ERRORS if self.count(Severity.ERROR) else ExitCode.CLEAN
