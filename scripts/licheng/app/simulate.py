"""`licheng simulate`: what verdicts on the existing records would change if a rulebook were adopted. Writes nothing.

Both sides are judged on the same day, the later of today and the day from which the rulebook would hold, so that
only the rulebook makes a difference. That the school assembly passed it is taken for granted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from licheng.app.amend import assembly_path, minutes, read_rulebook
from licheng.app.check import check
from licheng.core.dates import day
from licheng.core.errors import ExitCode
from licheng.core.finding import Severity
from licheng.core.report import LocatedFinding, apart, same_place
from licheng.sources.tree import Tree, With, Without


@dataclass(frozen=True)
class Simulated:
    """What would change.

    Attributes:
        rulebook: the path at which it would lie.
        judged_on: the day on which both sides were judged.
        gone: findings that would be no more, in the order of places.
        new: findings that would come.
    """

    rulebook: str
    judged_on: date
    gone: tuple[LocatedFinding, ...]
    new: tuple[LocatedFinding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """1 if there would be an error that is none now."""
        return ExitCode.ERRORS if any(finding.severity is Severity.ERROR for finding in self.new) else ExitCode.CLEAN


def simulate(tree: Tree, today: date, name: str, data: bytes) -> Simulated:
    """Compare the check with and without a rulebook.

    Args:
        tree: the school.
        today: the day of the check, in Asia/Taipei.
        name: the rulebook's file name, which says from when it holds.
        data: its bytes.

    Raises:
        UsageError: APP108, the name is not a day; APP109, it is not a right rulebook.
    """
    record = read_rulebook(name, data)
    in_force = day(record.identity["date"])
    judged_on = max(today, in_force)
    passed = assembly_path(day(record.data["passed"]["on"]))
    adopted = {record.path: data}
    if next(iter(tree.entries(passed)), None) is None:
        adopted[passed] = minutes(in_force, passed, "通過。").encode()
    before = check(Without(tree, record.path), judged_on).findings
    after = check(With(tree, adopted), judged_on).findings
    gone, _ = apart(before, after, same_place)
    new, _ = apart(after, before, same_place)
    return Simulated(record.path, judged_on, gone, new)
