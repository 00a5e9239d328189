"""A receipt, a notice of one or an answer to one is dated earlier than the server can bear witness of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from licheng.core.change import Operation, Proposal
from licheng.core.dates import TAIPEI, day
from licheng.core.finding import Finding
from licheng.core.layout import BY_NAME
from licheng.core.rule import Rule, rule
from licheng.policy.submissions import PROMPT

_OF_SCHOOL = ("receipt", "receipt-notice")
_OF_STUDENTS = ("receipt-confirmation", "receipt-sheet", "receipt-answer")


@rule("RCT008", "dated-back", scope="change")
def dated_back(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Whether students were told in time, and answered in time, rests on these days (肆.三: no false record)."""
    added = {change.path for change in proposal.changes if change.operation is Operation.ADD}
    of_students = (student.of(*_OF_STUDENTS) for student in proposal.students_after.values())
    for record in chain(proposal.after.of(*_OF_SCHOOL), *of_students):
        if record.path not in added:
            continue
        received = proposal.received.get(record.path, proposal.now).astimezone(TAIPEI).date()
        [(field,)] = (date.pointer for date in BY_NAME[record.kind].dates)
        if day(record.data[field]) < received - PROMPT:
            values = {"on": record.data[field], "received": received.isoformat(), "days": PROMPT.days}
            yield this.finding(record.at(field), **values)
