"""`licheng certify`: decisions on items, planned, signed one by one, and verified before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from licheng.app.loading import signed
from licheng.app.loading.load import Loaded
from licheng.core.certification import (
    CERTIFICATION_NAMESPACE,
    REASONS,
    Capacity,
    Certification,
    Decision,
    Event,
)
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.authority import capacities
from licheng.policy.calendar import find_windows
from licheng.policy.certification import State, faults, new_event_fault, state, subject_of
from licheng.policy.enrolment import level_on
from licheng.signing.canonical import encode
from licheng.sources.shelf import Shelf
from licheng.storage.plan import Plan

Sign = Callable[[str, bytes], bytes]


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


def draft(item: Record, student: Student, school: School, request: DecisionRequest, now: datetime) -> Draft:
    """The payload of a decision on an item as it is now.

    Raises:
        UsageError: APP041, the item is not handed in; APP045, the certifier has no capacity for it; APP046, there is
            no genesis; APP048, there is nothing to revoke; APP051, no delegation covers the course.
    """
    if item.data["submitted"] is not True:
        raise UsageError("APP041", item=item.folder)
    _needs_certified(item, student, school, request)
    below = item.folder.removeprefix(f"{student.folder}/")
    made = (event for event in student.events if event.item == below and event.fault != signed.NO_PAYLOAD)
    before = sorted(made, key=lambda event: event.sequence)
    decision = _decision(item, below, before, student, school, request, now)
    path = BY_NAME["certification"].path(
        **{name: item.identity[name] for name in ("cohort", "student", "term", "slug")},
        sequence=f"{decision.sequence:04}",
        decision=request.decision.value,
    )
    names = tuple(file.name for file in decision.subject)
    return Draft(item, path, encode(decision.payload()), decision.sequence, names)


def _needs_certified(item: Record, student: Student, school: School, request: DecisionRequest) -> None:
    found = state(item, student, school).state
    if request.decision in {Decision.REVOKED, Decision.REAFFIRMED} and found not in {State.CERTIFIED, State.STALE}:
        raise UsageError("APP048", item=item.folder, state=found.value)


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
    if school.trust.repository is None or book is None:
        raise UsageError("APP046")
    acts = request.acting_for is not None
    code, text = request.reason or (None, None)
    return Certification(
        repository=school.trust.repository,
        item=below,
        student=student.id,
        kind=item.kind,
        term=str(item.term),
        course=course,
        certifier=request.certifier,
        key_fingerprint=request.fingerprint,
        capacity=_capacity(item, student, school, request),
        acting_for=request.acting_for,
        delegation_digest=_delegation(request, school, str(item.term), course, now) if acts else None,
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


def _capacity(item: Record, student: Student, school: School, request: DecisionRequest) -> Capacity:
    if request.acting_for is not None:
        return Capacity.SUBSTITUTE
    if request.coordinator:
        return Capacity.COORDINATOR
    assert item.term is not None  # noqa: S101 - an output's path has a term
    ranked = sorted(capacities(request.certifier, student, school, item.term, item.data["course"]), reverse=True)
    if not ranked:
        raise UsageError("APP045", staff=request.certifier, item=item.folder)
    return ranked[0]


def _delegation(request: DecisionRequest, school: School, term: str, course: str, now: datetime) -> str:
    for found in school.trust.delegations:
        pair = (found.principal, found.substitute) == (request.acting_for, request.certifier)
        if pair and (term, course) in found.courses and found.starts <= now <= found.ends:
            return found.digest
    raise UsageError("APP051")


def decide(
    loaded: Loaded,
    items: Sequence[str],
    request: DecisionRequest,
    now: datetime,
    sign: Sign,
    show: Callable[[Draft], None],
) -> Plan:
    """The plan that writes one payload and one signature for each item; each is verified before any is written.

    Args:
        loaded: the school and how to read a student.
        items: items' folders, from the root.
        request: what is decided.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.
        show: called before each signature with what will be signed.

    Raises:
        UsageError: APP041 to APP048, APP051 before signing; APP042, what was signed would not verify.
    """
    request.checked()
    writes: dict[str, bytes] = {}
    for folder in items:
        student, item = loaded.item(folder)
        made = draft(item, student, loaded.school, request, now)
        show(made)
        signature = sign(CERTIFICATION_NAMESPACE, made.data)
        _must_verify(made, signature, student, loaded.school, now)
        writes |= {f"{made.path}.sig": signature, made.path: made.data}
    return _planned(loaded, writes)


def _planned(loaded: Loaded, writes: Mapping[str, bytes]) -> Plan:
    """A signature before its payload, so that one without the other counts for nothing and is written over later."""
    left = {path: next(iter(loaded.tree.entries(path)), None) for path in writes if path.endswith(".sig")}
    replaces = {path: (loaded.tree.read(entry), writes[path]) for path, entry in left.items() if entry is not None}
    return Plan(creates={path: data for path, data in writes.items() if path not in replaces}, replaces=replaces)


def _must_verify(made: Draft, signature: bytes, student: Student, school: School, now: datetime) -> None:
    """What is about to be written holds in every property, by the procedure that will judge it for ever after."""
    shelf = Shelf(signed={made.path: made.data, f"{made.path}.sig": signature})
    [event] = signed.events(shelf)
    others = (other for other in student.events if other.item == event.item and other.fault != signed.NO_PAYLOAD)
    siblings = [*others, event]
    found = [fault for one in siblings for fault in faults(one, siblings, student, school)]
    if event.payload is not None and (late := new_event_fault(event.payload, now)) is not None:
        found.append(late)
    for fault in found:
        raise UsageError("APP042", code=fault.code, detail=_detail(fault.values))


def _detail(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def resubmission_closes(loaded: Loaded, items: Sequence[str]) -> dict[str, date | None]:
    """By item, the last day on which it may be handed in again; None where the calendar says nothing."""
    return {folder: _closes(*loaded.item(folder), loaded.school) for folder in items}


def _closes(student: Student, item: Record, school: School) -> date | None:
    term = item.term
    assert term is not None  # noqa: S101 - an output's path has a term
    windows = find_windows(school, term, item.kind, "submission", level_on(student, term.last_day) or 0)
    return max((window.closes for window in windows), default=None)
