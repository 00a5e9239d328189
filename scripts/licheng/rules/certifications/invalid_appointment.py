"""An appointment of a coordinator that two coordinators did not sign."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.keys import appointment_fault


@rule("TRU003", "invalid-appointment", scope="school", kinds=("coordinator",), reads=("genesis", "staff-keys"))
def invalid_appointment(this: Rule, school: School) -> Iterator[Finding]:
    """Who may be the second person is decided by two who already are, never by one administrator."""
    records = {record.path: record for record in school.of("coordinator")}
    for appointment in school.trust.appointments:
        reason = appointment_fault(appointment, school)
        if reason is not None:
            yield this.finding(records[appointment.path].at("signatures"), staff=appointment.staff, reason=reason)
