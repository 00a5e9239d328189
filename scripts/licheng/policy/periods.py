"""Which term judges a record: its own, by its path or else by its own day."""

from __future__ import annotations

from datetime import date

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.term import Term


def judged_term(record: Record, today: date) -> Term:
    """The term whose rules hold for a record; a school year's records go by its first term, undated ones by today."""
    if record.term is not None:
        return record.term
    if record.year is not None:
        return Term(record.year, 1)
    own = record.data.get("on") or record.data.get("recorded_on") or record.data.get("starts")
    return Term.on(day(own) if isinstance(own, str) else today)
