"""A verification says that the first check was on a day on which the record before it knows of none."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Operation, Proposal
from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.policy.verification import first_on


@rule("DUE007", "backdated-verification", scope="change")
def backdated_verification(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Who was in time keeps that when a change asks for another check (伍.五); nobody gains it by writing it down.

    The first check is that of the record before, or without one the check itself.
    """
    changes = {change.path: change.operation for change in proposal.changes}
    for student in proposal.students_after.values():
        owner = proposal.students_before.get(student.id)
        for record in student.of("verification"):
            operation = changes.get(record.path, Operation.DELETE)
            before = owner.record_at(record.path) if owner is not None else None
            if operation is Operation.DELETE or (operation is Operation.CHANGE and before is None):
                continue  # not of this change; or what base itself cannot read, nobody can compare
            known = first_on(before) if before is not None else day(record.data["on"])
            if first_on(record) < known:
                place = record.at("first_on" if "first_on" in record.data else "on")
                case = "first" if before is None else ""
                yield this.finding(place, first=first_on(record).isoformat(), known=known.isoformat(), case=case)
