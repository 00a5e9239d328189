"""What is only ever added to was changed or taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.core.change import Change, Operation, Proposal
from licheng.core.finding import Finding
from licheng.core.layout import Lasting
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.permission import lasting_of
from licheng.policy.sealing import SEAL, added, takes_away

# Of an enrolled key these never change; its `ended` may be added, and its list may grow.
_ENROLMENT = ("public_key", "passkey", "valid_from", "proof", "witness")


@rule("GAT004", "rewritten-record", scope="change", always=True)
def rewritten_record(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Certifications, delegations, waivers, key endings, consents and releases stay as they are (肆.二, 肆.三).

    Only a seal takes them away, all of a student's at once (肆.四); whether it may, GAT041 says.
    """
    seals = added(proposal, SEAL)
    for change in proposal.changes:
        if takes_away(change.path, change.operation, seals):
            continue
        lasting, is_added = lasting_of(change.path), change.operation is Operation.ADD
        if lasting is Lasting.GROWS and change.path.endswith(".yaml"):
            part = _rewritten(change, proposal)
        else:
            part = "record" if lasting is Lasting.NEVER or (lasting is Lasting.ADDED_ONLY and not is_added) else None
        if part is not None:
            yield this.finding(Place(change.path), rewritten=part)


def _rewritten(change: Change, proposal: Proposal) -> str | None:
    if change.operation is Operation.ADD:
        return None
    before = _held(change.path, proposal.before, proposal.students_before)
    after = _held(change.path, proposal.after, proposal.students_after)
    if before is None:
        return None  # what base itself cannot read, nobody can compare
    if after is None:
        return "record"
    if before.kind == "coordinator":
        return None if before.data["from"] == after.data["from"] and "until" not in before.data else "record"
    if before.kind == "release-consent":  # what was agreed to stays; it is revoked once, and for good
        agreed = {name: value for name, value in after.data.items() if name != "revoked_on"}
        return None if agreed == before.data else "consent"
    return _rewritten_keys(before.data["keys"], after.data["keys"])


def _held(path: str, school: School, students: Mapping[str, Student]) -> Record | None:
    """A record of the school, or of one of the students whom the change touches."""
    theirs = (record for student in students.values() if (record := student.record_at(path)) is not None)
    return next(theirs, school.record_at(path))


def _rewritten_keys(before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> str | None:
    if len(after) < len(before):
        return "key"
    for old, new in zip(before, after, strict=False):
        if any(name in old and old[name] != new.get(name) for name in _ENROLMENT):
            return "key"
        if "valid_until" in old and not ("valid_until" in new and new["valid_until"] <= old["valid_until"]):
            return "valid_until"
        if "ended" in old:
            # An ending stays; only its list of what still counts may grow, signed anew.
            ended, now = old["ended"], new.get("ended")
            if now is None or any(ended.get(name) != now.get(name) for name in ("at", "reason", "since")):
                return "ended"
            if not set(ended.get("payloads", ())) <= set(now.get("payloads", ())):
                return "ended"
    return None
