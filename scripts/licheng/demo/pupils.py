"""Decides what stands in each portfolio: the base, the special parts, and as many more records as asked for.

The quotas are kept by construction: at most three submitted course outputs a term and ten submitted
activities a school year; what is more stays a draft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, zip_longest

from licheng.demo import registry, works
from licheng.demo.clock import YEAR
from licheng.demo.pen import Pen
from licheng.demo.people import Stay
from licheng.demo.works import Handed, Work

# What may be added to a term, as `kind` and `number`; of the fillers, outputs and activities stay drafts.
_MUSTS = (("output", 0), ("activity", 0))
_EXTRAS = (
    ("output", 1),
    ("output", 2),
    ("activity", 1),
    ("activity", 2),
    ("activity", 3),
    ("activity", 4),
    ("exploration", 0),
    ("consultation", 0),
    ("attendance", 0),
    ("position", 0),
    ("club", 0),
    ("service", 0),
    ("contest", 0),
    ("external", 0),
)
_FILLERS = (
    ("consultation", 1),
    ("output", 3),
    ("activity", 5),
    ("service", 1),
    ("output", 4),
    ("activity", 6),
    ("consultation", 2),
    ("position", 1),
    ("service", 2),
    ("other", 0),
    ("output", 5),
    ("activity", 7),
)
_WITH_FILES = ("contest", "external")

_REGISTRY: dict[str, Callable[[Pen, Stay, int], None]] = {
    "exploration": lambda pen, stay, _: registry.exploration(pen, stay),
    "consultation": registry.consultation,
    "attendance": lambda pen, stay, _: registry.attendance(pen, stay),
    "position": registry.position,
    "club": lambda pen, stay, _: registry.club(pen, stay),
    "service": registry.service,
    "contest": lambda pen, stay, _: registry.contest_result(pen, stay),
    "external": lambda pen, stay, _: registry.external_record(pen, stay),
    "other": lambda pen, stay, _: registry.other(pen, stay),
}

# What the school writes is written at once; a work of the student is written with its term.
_WORKS: dict[str, Callable[[Pen, Stay, int], Work]] = {
    "output": lambda pen, stay, number: works.output(
        pen, stay, number, submitted=_submits(pen, (stay, "output", number), works.OUTPUTS_SUBMITTED)
    ),
    "activity": lambda pen, stay, number: works.activity(
        pen, stay, number, submitted=_submits(pen, (stay, "activity", number), works.ACTIVITIES_SUBMITTED)
    ),
    "group": lambda pen, stay, _: works.group_output(pen, stay),
}

Slot = tuple[Stay, str, int]


def write(pen: Pen, target: int) -> list[Handed]:
    """Write a student's portfolio, with about `target` records; return the course outputs handed in."""
    registry.base(pen)
    by_term: dict[str, list[Work]] = defaultdict(list)
    forced = list(_parts(pen))
    second = pen.student.stay(f"{YEAR}-2")
    # How many records selection and application will add.
    reserve = 0 if second is None else 5 if works.applies(pen.student) else 2 if second.level == 12 else 1
    terms: list[list[Slot]] = []
    for stay in reversed(pen.student.stays):
        without = () if pen.style.attachments else _WITH_FILES
        left_out = ("attendance", *without) if stay.whole else without  # of a whole term it is part of the base
        wishes = (*_MUSTS, *pen.dice("wishes", stay.term.id).shuffled(_EXTRAS), *_FILLERS)
        terms.append([(stay, kind, number) for kind, number in wishes if kind not in left_out])
    # What may be added, the terms taken in turn so that every term gets its share.
    slots = filter(None, chain.from_iterable(zip_longest(*terms)))
    for slot in dict.fromkeys(chain(forced, slots)):
        count = len(pen.records) + sum(map(len, by_term.values()))
        if slot not in forced and slot[1:] not in _MUSTS and count + reserve >= target:
            break
        stay, kind, number = slot
        if kind in _WORKS:
            by_term[stay.term.id].append(_WORKS[kind](pen, stay, number))
        else:
            _REGISTRY[kind](pen, stay, number)
    return _write_works(pen, by_term)


def _parts(pen: Pen) -> Iterator[Slot]:
    """Yield what the student's special part asks for."""
    stays = {stay.term.id: stay for stay in pen.student.stays}
    who = (pen.student.cohort, pen.student.part)
    if who == (113, 0):  # ten activities, and positions that are not counted among the ten (肆.一)
        for stay in (stays["114-1"], stays["114-2"]):
            yield from ((stay, "activity", number) for number in range(works.ACTIVITIES_SUBMITTED))
            yield (stay, "position", 0)
        yield (stays["114-1"], "external", 0) if pen.style.attachments else (stays["114-1"], "club", 0)
    if who == (113, 1):  # three submitted course outputs, and a fourth that stays a draft
        yield from ((stays["114-2"], "output", number) for number in range(4))
    if who in {(114, 4), (114, 5)}:
        yield (stays["114-2"], "group", 0)
    if who in {(112, 2), (113, 3)}:
        yield (stays["114-1"], "other", 0)


def _submits(pen: Pen, slot: Slot, limit: int) -> bool:
    """Decide whether a work is submitted; group work takes one of its term's three places."""
    stay, kind, number = slot
    taken = 1 if kind == "output" and (pen.student.cohort, pen.student.part) in {(114, 4), (114, 5)} else 0
    if number + taken >= limit:
        return False
    if slot in _parts(pen):
        return True
    return stay.term.over or pen.dice("submits", stay.term.id, kind, number).chance(3, 5)


def _write_works(pen: Pen, by_term: dict[str, list[Work]]) -> list[Handed]:
    """Write the works, term by term, with what follows from them; return the course outputs handed in."""
    left = {stay: works.write(pen, stay, by_term.get(stay.term.id, [])) for stay in pen.student.stays}
    chosen = works.selections(pen, by_term)
    last = pen.student.stay(f"{YEAR}-2")
    if last and works.applies(pen.student):
        data = works.statement(pen, last)
        registry.verify(pen, last, "statement", {"statement/item.md": data}, "guidance-head", date(2026, 4, 13))
        works.consents(pen, last, chosen)
    who = (pen.student.cohort, pen.student.part)
    if who == (113, 2):
        _waive(pen, by_term, "114-1", "submission", date(2026, 2, 4), date(2026, 2, 11))
    late = None  # the work whose certification may be late
    if who == (112, 3):
        late = _waive(pen, by_term, "114-2", "certification", date(2026, 5, 7), date(2026, 5, 14))
    return [
        Handed(pen.student, stay, work, on, works.is_selected(pen.student, stay), work is late)
        for stay, on in left.items()
        for work in _submitted_outputs(by_term, stay.term.id)
    ]


def _submitted_outputs(by_term: dict[str, list[Work]], term: str) -> list[Work]:
    return [work for work in by_term.get(term, []) if work.submitted and work.folder.startswith("terms/")]


def _waive(pen: Pen, by_term: dict[str, list[Work]], term: str, stage: str, on: date, until: date) -> Work | None:
    """Write a waiver for the first course output of a term, and return that work."""
    stay = pen.student.stay(term)
    outputs = _submitted_outputs(by_term, term)
    if not (stay and outputs):
        return None
    registry.waiver(pen, stay, outputs[0].folder, stage, on, until)
    return outputs[0]
