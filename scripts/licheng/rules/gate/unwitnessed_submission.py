"""A submission to the agency whose day the time of receipt contradicts, or does not bear out."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.dates import TAIPEI, day
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.gate import today
from licheng.policy.submissions import is_witnessed


@rule("DUE005", "unwitnessed-submission", scope="change")
def unwitnessed_submission(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """The registry uploads within the agency's time (伍.末), and the day is not its own word alone (肆.三).

    What is received late says so itself (`claimed`), for ever, since the tree does not know when it came; a day after
    today is DAT002's to tell.
    """
    added = {change.path for change in proposal.changes if change.operation is Operation.ADD}
    for record in proposal.after.of("agency-submission"):
        if record.path not in added:
            continue
        received = proposal.received.get(record.path, proposal.now).astimezone(TAIPEI).date()
        on = day(record.data["submitted_on"])
        early = received < on <= today(proposal)
        if early or (
            "claimed" not in record.data and not is_witnessed(record, received, proposal.before, proposal.after)
        ):
            case = "early" if early else ""
            place = record.at("submitted_on")
            yield this.finding(place, submitted=on.isoformat(), received=received.isoformat(), case=case)
