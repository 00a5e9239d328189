"""`licheng certify`: decisions on items, planned, signed one by one, and verified before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from licheng.app.loading import signed
from licheng.app.loading.load import Loaded
from licheng.app.trust.refusing import repository_of, worthless
from licheng.core.certification import (
    CERTIFICATION_LIST_NAMESPACE,
    CERTIFICATION_NAMESPACE,
    REASONS,
    Capacity,
    Certification,
    Decision,
    Event,
)
from licheng.core.errors import UsageError
from licheng.core.layout import BESIDE, BY_NAME
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import FileFact, Student
from licheng.policy import queue as policy_queue
from licheng.policy.attachments import allowed_types, recognised
from licheng.policy.authority import capacities
from licheng.policy.certification import State, faults, new_event_fault, state, subject_of
from licheng.policy.queue import Waiting, waiting
from licheng.signing import lists
from licheng.signing.canonical import encode
from licheng.sources.shelf import Shelf
from licheng.storage.plan import Plan

Sign = Callable[[str, bytes], bytes]
# Why an item is left out beside others: somebody else certifies it; it is certified and nothing has changed since.
FOREIGN, UNCHANGED = "APP045", "APP117"


@dataclass(frozen=True)
class DecisionRequest:
    """What a person decides.

    Attributes:
        certifier: the staff id.
        fingerprint: of the key that will sign.
        decision: certified, returned, revoked or reaffirmed.
        reason: code and text, where something is sent back.
        acting_for: the teacher for whom a substitute decides.
        language: of the sentence that was shown.
    """

    certifier: str
    fingerprint: str
    decision: Decision
    reason: tuple[str, str] | None = None
    acting_for: str | None = None
    coordinator: bool = False
    language: str = "zh-TW"

    def checked(self) -> DecisionRequest:
        """Refuse what no signature could mend.

        Raises:
            UsageError: APP043, the reason is none of the allowed ones; APP044, there is none.
        """
        if self.decision in {Decision.RETURNED, Decision.REVOKED}:
            if self.reason is None or not self.reason[1].strip():
                raise UsageError("APP044")
            if self.reason[0] not in REASONS:
                raise UsageError("APP043", code=self.reason[0], allowed=", ".join(REASONS))
        return self


@dataclass(frozen=True)
class Draft:
    """One payload before it is signed: what the certifier is shown."""

    item: Record
    path: str
    data: bytes
    sequence: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """What a run writes, the items' folders, and why each item that it left out is left out."""

    plan: Plan
    items: tuple[str, ...]
    left_out: tuple[UsageError, ...]


def draft(item: Record, student: Student, school: School, request: DecisionRequest, now: datetime) -> Draft:
    """The payload of a decision on an item as it is now.

    Raises:
        UsageError: APP041, the item is not handed in; APP045, the certifier has no capacity for it; APP046, there is
            no genesis; APP048, there is nothing to revoke; APP051, no delegation covers the course; APP117, it is
            certified and has not changed since.
    """
    if item.data["submitted"] is not True:
        raise UsageError("APP041", item=item.folder)
    now_is = state(item, student, school)
    current = now_is.state
    if request.decision is Decision.CERTIFIED and current is State.CERTIFIED:
        raise UsageError(UNCHANGED, item=item.folder)
    if request.decision in {Decision.REVOKED, Decision.REAFFIRMED} and (
        now_is.event is None or current not in {State.CERTIFIED, State.STALE}
    ):
        raise UsageError("APP048", item=item.folder, state=current.value)
    below = item.folder.removeprefix(f"{student.folder}/")
    written = (event for event in student.events if event.item == below and event.fault != signed.NO_PAYLOAD)
    before = sorted(written, key=lambda event: event.sequence)
    decision = _decision(item, below, before, student, school, request, now)
    path = BY_NAME["certification"].path(
        **{name: item.identity[name] for name in ("cohort", "student", "term", "slug")},
        sequence=f"{decision.sequence:04}",
        decision=request.decision.value,
    )
    names = tuple(file.name for file in decision.subject)
    return Draft(item, path, encode(decision.payload()), decision.sequence, names)


def _decision(
    item: Record,
    below: str,
    before: Sequence[Event],
    student: Student,
    school: School,
    request: DecisionRequest,
    now: datetime,
) -> Certification:
    assert item.term is not None  # noqa: S101 - an output's path has a term
    book, course = school.rulebooks.for_term(item.term), item.data["course"]
    repository = repository_of(school)
    if book is None:
        raise UsageError("APP046")
    capacity, delegation = _capacity(item, student, school, request, now)
    code, text = request.reason or (None, None)
    return Certification(
        repository=repository,
        item=below,
        student=student.id,
        kind=item.kind,
        term=str(item.term),
        course=course,
        certifier=request.certifier,
        key_fingerprint=request.fingerprint,
        capacity=capacity,
        acting_for=request.acting_for,
        delegation_digest=delegation,
        decision=request.decision,
        reason_code=code,
        reason_text=text,
        rulebook=book.in_force_from.isoformat(),
        rulebook_digest=book.digest,
        sequence=len(before) + 1,
        previous=before[-1].digest if before else None,
        issued_at=now,
        statement=f"{request.decision.value}/v1",
        language=request.language,
        subject=subject_of(item, student),
    )


def _capacity(
    item: Record, student: Student, school: School, request: DecisionRequest, now: datetime
) -> tuple[Capacity, str | None]:
    """As what the certifier decides; for a substitute with the digest of the delegation that covers it."""
    assert item.term is not None  # noqa: S101 - an output's path has a term
    course = item.data["course"]
    if request.acting_for is not None:
        for delegation in school.trust.delegations:
            pair = (delegation.principal, delegation.substitute) == (request.acting_for, request.certifier)
            covered = (str(item.term), course) in delegation.courses and delegation.starts <= now <= delegation.ends
            if pair and covered:
                return Capacity.SUBSTITUTE, delegation.digest
        raise UsageError("APP051")
    if request.coordinator:
        return Capacity.COORDINATOR, None
    ranked = sorted(capacities(request.certifier, student, school, item.term, course), reverse=True)
    if not ranked:
        raise UsageError(FOREIGN, staff=request.certifier, item=item.folder)
    return ranked[0], None


def decide(
    loaded: Loaded,
    items: Sequence[str],
    request: DecisionRequest,
    now: datetime,
    sign: Sign,
    show: Callable[[Draft], None],
) -> Decided:
    """One payload and one signature for each item; each is verified before any is written.

    Args:
        loaded: the school and how to read a student.
        items: items' folders, from the root.
        request: what is decided.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.
        show: called before each signature with what will be signed.

    Raises:
        UsageError: APP041 to APP048, APP051 before signing, but for what is left out beside others; APP042, what was
            signed would not verify.
    """
    request.checked()
    plans: dict[str, Plan] = {}
    left_out: list[UsageError] = []
    for folder in items:
        student, item = loaded.item(folder)
        try:
            drafted = draft(item, student, loaded.school, request, now)
        except UsageError as error:
            if error.code not in {FOREIGN, UNCHANGED}:
                raise
            left_out.append(error)
            continue
        show(drafted)
        plans[folder] = signed_plan(drafted, student, loaded, now, sign)
    if not plans and (foreign := next((error for error in left_out if error.code == FOREIGN), None)):
        raise foreign
    creates = {path: data for plan in plans.values() for path, data in plan.creates.items()}
    replaces = {path: both for plan in plans.values() for path, both in plan.replaces.items()}
    return Decided(Plan(creates, replaces), tuple(plans), tuple(left_out))


def signed_plan(drafted: Draft, student: Student, loaded: Loaded, now: datetime, sign: Sign) -> Plan:
    """The plan that writes one signed decision, verified by the procedure that will judge it for ever after.

    Raises:
        UsageError: APP042, what was signed would not verify; what the key or its agent refuses.
    """
    signature = sign(CERTIFICATION_NAMESPACE, drafted.data)
    return verified_plan(drafted, {".sig": signature}, student, loaded, now)


def listed_plan(drafts: Sequence[tuple[Draft, Student]], loaded: Loaded, now: datetime, sign: Sign) -> Plan:
    """The plan that writes many decisions, signed once: beside each payload lie the list that names it and a signature.

    Raises:
        UsageError: as `signed_plan`.
        ValueError: there is none, or there are more than a list may hold (`lists.MOST`).
    """
    named = lists.encode(hashlib.sha256(drafted.data).hexdigest() for drafted, _ in drafts)
    beside = {".list": named, ".list.sig": sign(CERTIFICATION_LIST_NAMESPACE, named)}
    plans = [verified_plan(drafted, beside, student, loaded, now) for drafted, student in drafts]
    return Plan(
        creates={path: data for plan in plans for path, data in plan.creates.items()},
        replaces={path: both for plan in plans for path, both in plan.replaces.items()},
    )


def verified_plan(drafted: Draft, beside: Mapping[str, bytes], student: Student, loaded: Loaded, now: datetime) -> Plan:
    """The plan that writes a decision which somebody has signed, after the procedure that judges it for ever after.

    Args:
        drafted: what was signed.
        beside: the files beside the payload by what is appended to its path: `.sig`, or `.list` and `.list.sig`.
        student: whose item it is.
        loaded: the school.
        now: UTC.

    Raises:
        UsageError: APP042, it would not verify.
    """
    signatures = {f"{drafted.path}{end}": data for end, data in beside.items()}
    left = {entry.path: loaded.tree.read(entry) for end in BESIDE for entry in loaded.tree.entries(drafted.path + end)}
    [event] = signed.events(Shelf(signed={**left, **signatures, drafted.path: drafted.data}))
    others = (other for other in student.events if other.item == event.item and other.fault != signed.NO_PAYLOAD)
    siblings = [*others, event]
    broken = [fault for sibling in siblings for fault in faults(sibling, siblings, student, loaded.school)]
    if event.payload is not None:
        late = new_event_fault(event, event.payload, loaded.school, now)
        broken += [late] if late is not None else []
    for fault in broken:
        raise worthless(fault.code, drafted.path, **fault.values)
    # A signature before its payload: one without the other counts for nothing and is written over later.
    new = {path: data for path, data in signatures.items() if path not in left}
    over = {path: (left[path], data) for path, data in signatures.items() if path in left}
    return Plan(creates={**new, drafted.path: drafted.data}, replaces=over)


def queued(loaded: Loaded, teacher: str | None) -> list[Waiting]:
    """What waits for a decision, oldest first; of one teacher, what is theirs by assignment."""
    items = (item for student in loaded.students() for item in waiting(student, loaded.school))
    return sorted((item for item in items if teacher is None or teacher in item.teachers), key=lambda item: item.order)


def viewable(item: Record, student: Student, school: School) -> list[FileFact]:
    """An item's files that a viewer may open: by name and first bytes a type that the agency takes.

    Never a program, a script or a web page, which "opening" would run on the teacher's machine.
    """
    assert item.term is not None  # noqa: S101 - an output's path has a term
    types = allowed_types(school.agency, item.term, student.cohort)
    return [file for file in student.files_in(item.folder) if recognised(types, file.name, file.head) is not None]


def resubmission_closes(loaded: Loaded, items: Sequence[str]) -> dict[str, date | None]:
    """By item, the last day on which it may be handed in again; None where the calendar says nothing."""
    closes: dict[str, date | None] = {}
    for folder in items:
        student, item = loaded.item(folder)
        closes[folder] = policy_queue.resubmission_closes(item, student, loaded.school)
    return closes
