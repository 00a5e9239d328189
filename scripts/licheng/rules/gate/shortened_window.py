"""A calendar takes away days that were announced."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.gate import today


@rule("GAT007", "shortened-window", scope="change")
def shortened_window(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """A window that is open or over never ends earlier than announced; an extension only adds days (伍.四)."""
    for term, old in proposal.before.calendars.items():
        new = proposal.after.calendars.get(term)
        kept = {window.id: window for window in new.windows} if new is not None else {}
        for window in old.windows:
            now = kept.get(window.id)
            # Still what was announced, with at least its days and levels.
            holds = (
                now is not None
                and (now.category, now.word, now.batch) == (window.category, window.word, window.batch)
                and (now.opens <= window.opens and window.closes <= now.closes)
                and window.levels <= now.levels
            )
            if window.opens <= today(proposal) and not holds:
                place = now.place if now is not None else old.record.at("windows")
                closes = now.closes.isoformat() if now is not None else "-"
                yield this.finding(place, window=window.id, closes=closes, was=window.closes.isoformat())
