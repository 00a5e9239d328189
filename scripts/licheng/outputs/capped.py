"""What is shown of many findings alike: the first of each code, and how many more there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from licheng.core.report import LocatedFinding

# Of one code; a reader mends the first and runs the check again.
MOST_SHOWN = 200


def capped(findings: Sequence[LocatedFinding]) -> tuple[list[LocatedFinding], dict[str, int]]:
    """The findings to show, in their order, and of each code that has more how many are left out."""
    seen: Counter[str] = Counter()
    shown: list[LocatedFinding] = []
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= MOST_SHOWN:
            shown.append(finding)
    return shown, {code: count - MOST_SHOWN for code, count in sorted(seen.items()) if count > MOST_SHOWN}
