"""Who is to be sealed, as lines."""

from __future__ import annotations

from collections.abc import Iterable

from licheng.outputs.catalog import Catalog
from licheng.policy.sealing import Retention, RetentionState


def listed(standings: Iterable[RetentionState], words: Catalog) -> list[str]:
    """A line for each student, those for a decision after those who are due; and how many there are."""
    every = sorted(standings, key=lambda each: (each.state is not Retention.DUE, each.student))
    lines = [_line(each, words) for each in every]
    due = sum(each.state is Retention.DUE for each in every)
    lines.append(words.word("seal_total", due=due, undated=len(every) - due))
    return lines


def _line(standing: RetentionState, words: Catalog) -> str:
    if standing.applied is None or standing.due is None:
        return words.word("seal_undated", student=standing.student, left=str(standing.left))
    return words.word("seal_due", student=standing.student, applied=str(standing.applied), due=str(standing.due))
