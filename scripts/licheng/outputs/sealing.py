"""Who is to be sealed, as lines."""

from __future__ import annotations

from collections.abc import Iterable

from licheng.outputs.catalog import Catalog
from licheng.policy.sealing import Retention, RetentionState


def listed(standings: Iterable[RetentionState], words: Catalog) -> list[str]:
    """A line for each student, those for a decision after those who are due; and how many there are."""
    every = sorted(standings, key=lambda each: (each.state is not Retention.DUE, each.student))
    lines = list[str]()
    for each in every:
        if each.applied is None or each.due is None:
            lines.append(words.word("seal_undated", student=each.student, left=str(each.left)))
        else:
            lines.append(words.word("seal_due", student=each.student, applied=str(each.applied), due=str(each.due)))
    due = sum(each.state is Retention.DUE for each in every)
    lines.append(words.word("seal_total", due=due, undated=len(every) - due))
    return lines
