"""A commit says that it was made at a time that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from licheng.core.change import Proposal, Stamp
from licheng.core.dates import written
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.policy.certification import AHEAD

# How old a commit may be that comes in: who works offline comes by within two weeks.
OLDEST = timedelta(days=14)


@rule("GAT028", "untimely-commit", scope="shape")
def untimely_commit(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Author and committer wrote within two weeks before; a date beyond all years breaks whatever reads history."""
    for commit in proposal.commits:
        for whose, stamp in (("author", commit.author), ("committer", commit.committer)):
            why = _untimely(stamp, proposal.clocks)
            if why is None:
                continue
            try:
                at = written(datetime.fromtimestamp(stamp.seconds, UTC))
            except (OverflowError, ValueError, OSError):  # beyond the years that a calendar has
                at = str(stamp.seconds)
            yield this.finding(
                Place(commit.place),
                commit=commit.sha[:12],
                stamp=whose,
                at=f"{at} {stamp.zone}",
                untimely_commit=why,
                days=OLDEST.days,
            )


def _untimely(stamp: Stamp, clocks: tuple[datetime, ...]) -> str | None:
    """Why a commit's time cannot be right: `zone`, `old` or `ahead`; one that cannot be read is told as such."""
    if not stamp.zone:
        return None
    # Zones in use lie between -1200 and +1400, at whole quarters of an hour.
    hours, minutes = int(stamp.zone[1:3]), int(stamp.zone[3:])
    most_hours = 14 if stamp.zone[0] == "+" else 12
    if hours * 60 + minutes > most_hours * 60 or minutes not in {0, 15, 30, 45}:
        return "zone"
    # Compared as numbers, as a commit may name any year.
    if any((clock - OLDEST).timestamp() <= stamp.seconds <= (clock + AHEAD).timestamp() for clock in clocks):
        return None
    return "old" if stamp.seconds < max(clocks).timestamp() else "ahead"
