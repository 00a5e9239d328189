"""A calendar takes away days that were announced."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.calendar import Window
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
            if window.opens <= today(proposal) and not _holds(window, now):
                place = now.place if now is not None else old.record.at("windows")
                closes = now.closes.isoformat() if now is not None else "-"
                yield this.finding(place, window=window.id, closes=closes, was=window.closes.isoformat())


def _holds(old: Window, new: Window | None) -> bool:
    """Whether a window is still what was announced, with at least its days and levels."""
    if new is None or (old.category, old.stage, old.batch) != (new.category, new.stage, new.batch):
        return False
    return new.opens <= old.opens and old.closes <= new.closes and old.levels <= new.levels
