"""`licheng verify`: every decision on an item, property by property."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licheng.app.loading.load import Loaded
from licheng.core.errors import UsageError
from licheng.core.layout import CHANGES, STUDENTS, student_folder
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.core.trust import StatedChange
from licheng.policy.certification import (
    Fault,
    ItemState,
    ItemVerdict,
    Property,
    State,
    VerificationStep,
    VerifiedEvent,
    state,
    verified,
)
from licheng.policy.statements import fault


def verdicts(loaded: Loaded, items: Iterable[str]) -> Iterator[ItemVerdict]:
    """Of the items named, in their order.

    Raises:
        UsageError: APP011 or APP013, an item is not there or cannot be read.
    """
    for folder in items:
        student, item = loaded.item(folder)
        yield _verdict(item, student, loaded)


def all_verdicts(loaded: Loaded) -> Iterator[ItemVerdict]:
    """Of every item that has a decision, those that are gone included."""
    for student in loaded.students():
        yield from verdicts_of(student, loaded)


def verdicts_of(student: Student, loaded: Loaded) -> Iterator[ItemVerdict]:
    """As `all_verdicts`, of one student."""
    items = {item.folder.removeprefix(f"{student.folder}/"): item for item in student.of("course-output")}
    for below, judged in verified(student, loaded.school).items():
        if below in items:
            yield _verdict(items[below], student, loaded)
        else:
            gone = ItemState(State.DRAFT, changed=("item.md",))
            rows = ((decision, tuple(_properties(decision, gone, is_last=False))) for decision in judged)
            yield ItemVerdict(f"{student.folder}/{below}", gone, tuple(rows))


def statements(loaded: Loaded, *below: str) -> Iterator[tuple[StatedChange, str | None]]:
    """What staff signed of their changes, and students of hand-ins, each with why it does not hold, or None.

    Args:
        loaded: the school.
        below: folders or payloads from the root; nothing for all.

    Raises:
        UsageError: APP011, nothing lies there.
    """
    for path in below or (CHANGES, STUDENTS):
        there = list(_stated(path.removesuffix(".sig"), loaded))
        yield from there
        if below and not there:
            raise UsageError("APP011", path=path)


def _stated(path: str, loaded: Loaded) -> Iterator[tuple[StatedChange, str | None]]:
    if not path.startswith(STUDENTS):
        for _, part in loaded.changes(path):
            yield from ((change, fault(change, loaded.school)) for change in part)
        return
    for student in loaded.students((student_folder(f"{path}/") or STUDENTS).removeprefix(STUDENTS).strip("/")):
        mine = (change for change in student.stated if f"{change.path}/".startswith(f"{path}/"))
        yield from ((change, fault(change, loaded.school, student)) for change in mine)


def _verdict(item: Record, student: Student, loaded: Loaded) -> ItemVerdict:
    current = state(item, student, loaded.school)
    judged = verified(student, loaded.school).get(item.folder.removeprefix(f"{student.folder}/"), ())
    last = judged[-1].event if judged else None
    rows = ((decision, tuple(_properties(decision, current, is_last=decision.event is last))) for decision in judged)
    return ItemVerdict(item.folder, current, tuple(rows))


def _properties(decision: VerifiedEvent, item: ItemState, *, is_last: bool) -> Iterator[Property]:
    """The steps in order; after a broken form or signature nothing else can be said."""
    faults = {fault.step: fault for fault in reversed(decision.faults)}
    for step in VerificationStep:
        if step is VerificationStep.CONTENT:
            if is_last and not decision.faults:
                changed = Fault(VerificationStep.CONTENT, "CER018", {"files": item.changed}) if item.changed else None
                yield Property(step, changed)
            continue
        yield Property(step, faults.get(step))
        if step in faults and (decision.event.payload is None or step is VerificationStep.SIGNATURE):
            return
