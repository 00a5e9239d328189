"""A selection or a consent names a course output that is not certified, or has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.certification import state
from licheng.policy.quota import is_submitted
from licheng.policy.selection import Use, use_of

_READS = (
    *("course-output", "student", "course-records"),
    *("genesis", "staff-keys", "staff", "accounts", "course-offerings", "rulebook"),
)


@rule("REF019", "uncertified-selected", kinds=("selection", "release-consent"), reads=_READS)
def uncertified_selected(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """What is submitted to the agency and released is certified (肆.一: 經任課或指導教師認證), and as it was then."""
    if school.trust.repository is None:
        yield this.skip("no-genesis", record.path)
        return
    for index, name in enumerate(record.data["outputs"] if "revoked_on" not in record.data else ()):
        term, _, slug = name.partition("/")
        item = owner.outputs.get(f"{owner.folder}/terms/{term}/outputs/{slug}")
        if item is None or not is_submitted(item):
            continue  # REF005
        use = use_of(item, day(record.data["on"]), owner, school)
        if use in {Use.TAKEN_BACK, Use.UNUSABLE}:
            values = {"item": name, "output_state": state(item, owner, school).state.value}
            severity = Severity.WARNING if use is Use.TAKEN_BACK else Severity.ERROR
            yield Finding(this.code, severity, record.at("outputs", index), values)
