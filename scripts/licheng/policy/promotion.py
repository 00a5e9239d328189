"""The school year turns: what becomes of each student, by one plan of the registrar's (伍.五 學生基本資料).

A plan says for each class of the year that ends which class it becomes, or that it graduates, and by name (pseudonym)
whose way is another: 留級, another class, leaving. Everybody at the school is in it; nobody is moved by a guess alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.term import year_first_day
from licheng.policy.enrolment import intervals, left_on, level_and_class

LEVELS = range(10, 13)
_LEAVING = ("graduation", "transfer-out")
_CLASS = re.compile(r"1[0-2][a-z0-9]{1,8}", re.ASCII)

Pointer = tuple[str, ...]


class Fate(StrEnum):
    """What becomes of a student."""

    UP = "up"
    STAYS = "stays"  # 留級
    GRADUATES = "graduates"
    LEAVES = "leaves"


class NoStep(StrEnum):
    """Why nothing is written of a student."""

    SAME = "same"
    WAITS = "waits"  # on leave
    GONE = "gone"


class Way(NamedTuple):
    """A line of a plan: into a class, or out of the school on a day."""

    event: str
    level: int = 0
    school_class: str = ""
    on: str = ""


class PromotionPlan(NamedTuple):
    """What the registrar says.

    Attributes:
        year: the school year that begins.
        on: the day from which the new classes hold.
        classes: by class of the year that ends.
        students: of whom the class does not say it.
    """

    year: int
    on: date
    classes: Mapping[str, Way]
    students: Mapping[str, Way]


class PlanFault(NamedTuple):
    """Why a plan cannot be taken: where in it, a case of APP241, and its values."""

    pointer: Pointer
    case: str
    values: Mapping[str, Any]


class PromotionStep(NamedTuple):
    """What is added to a student's events."""

    student: str
    before: str
    fate: Fate
    event: Mapping[str, Any]


class Promotion(NamedTuple):
    """What a plan would do.

    Attributes:
        steps: one a student whose record changes.
        same: how many have it already.
        waiting: on leave at the turn of the year: they get their class when they come back.
        faults: what contradicts the records; with any, nothing is done.
    """

    steps: Sequence[PromotionStep]
    same: int
    waiting: Sequence[str]
    faults: Sequence[PlanFault]

    def counts(self) -> Mapping[tuple[str, Fate, str], int]:
        """How many go from which class by which fate to which."""
        return Counter((step.before, step.fate, str(step.event.get("class", ""))) for step in self.steps)


class NotAPlanError(ValueError):
    """A text that is no plan: the fault alone."""

    def __init__(self, fault: PlanFault) -> None:
        super().__init__(fault)
        self.fault = fault


def last_day(year: int) -> date:
    """31 July: the day on which the classes of the year before `year` are asked for the last time."""
    return date(year_first_day(year).year, 7, 31)


def first_plan(students: Mapping[str, Record], year: int, graduation: str) -> dict[str, Any]:
    """A plan to begin with: the class of the same letter one year level up, and the last level graduates.

    Args:
        students: the record of enrolment of each.
        year: the school year that begins.
        graduation: the day on which who is in the last year level graduates, ISO.
    """
    ending = last_day(year)
    at_school = {each: record for each, record in students.items() if _is_here(record, ending)}
    places = {place for record in at_school.values() if (place := level_and_class(record, ending)) is not None}
    classes = {}
    for level, name in sorted(places):
        top = level == LEVELS[-1]
        onward = {"level": level + 1, "class": re.sub(r"^1[0-2]", str(level + 1), name)}
        classes[name] = {"graduation": graduation} if top else onward
    return {"year": year, "on": year_first_day(year).isoformat(), "classes": classes, "students": {}}


def plan_of(data: Any) -> PromotionPlan:
    """A plan from its data.

    Raises:
        NotAPlanError: it is none.
    """
    if not isinstance(data, dict):
        raise NotAPlanError(PlanFault((), "not-a-mapping", {}))
    for key in data:
        if key not in {"year", "on", "classes", "students"}:
            raise NotAPlanError(PlanFault((str(key),), "unknown", {"key": key}))
    year, on = data.get("year"), _day(data.get("on"))
    if not isinstance(year, int) or isinstance(year, bool) or not 100 <= year <= 199:
        raise NotAPlanError(PlanFault(("year",), "year", {}))
    if on is None or not year_first_day(year) <= on < year_first_day(year + 1):
        raise NotAPlanError(PlanFault(("on",), "day", {"year": year}))
    ways = {}
    for part in ("classes", "students"):
        entries = data.get(part) or {}
        if not isinstance(entries, dict):
            raise NotAPlanError(PlanFault((part,), "not-a-mapping", {}))
        ways[part] = {name: _way((part, name), entry) for name, entry in entries.items()}
    return PromotionPlan(year, on, ways["classes"], ways["students"])


def _way(pointer: Pointer, entry: Any) -> Way:
    """One line: `{level: 11, class: 11a}`, `{graduation: 2027-06-04}` or `{transfer-out: 2027-07-20}`."""
    keys = set(entry) if isinstance(entry, dict) else set()
    if keys == {"level", "class"}:
        level, name = entry["level"], entry["class"]
        if level not in LEVELS or isinstance(level, bool):
            raise NotAPlanError(PlanFault((*pointer, "level"), "level", {}))
        if not isinstance(name, str) or not _CLASS.fullmatch(name):
            raise NotAPlanError(PlanFault((*pointer, "class"), "class", {}))
        return Way("class-change", level, name)
    [event] = keys if len(keys) == 1 else [""]
    if event not in _LEAVING:
        raise NotAPlanError(PlanFault(pointer, "way", {"name": pointer[-1]}))
    if _day(entry[event]) is None:
        raise NotAPlanError(PlanFault((*pointer, event), "not-a-day", {}))
    return Way(event, on=entry[event])


def _day(value: Any) -> date | None:
    try:
        when = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return when if when.isoformat() == value else None  # `20270604` is one too, but not to the records


def promotion(plan: PromotionPlan, students: Mapping[str, Record]) -> Promotion:
    """What a plan would do to the records, or what speaks against it.

    Args:
        plan: of the registrar.
        students: the record of enrolment of everybody whom the repository knows.
    """
    ending, began = last_day(plan.year), year_first_day(plan.year - 1)
    steps, waiting, same, used = list[PromotionStep](), list[str](), 0, set[str]()
    faults: dict[tuple[Pointer, str], PlanFault] = {}
    for student, record in sorted(students.items()):
        place, left = level_and_class(record, ending), left_on(record, plan.on)
        if place is None or (left is not None and left < began):
            continue  # enters in the new year, or had left before the old one
        used.add(place[1])
        turn = _turn(student, record, place, plan)
        if isinstance(turn, PlanFault):
            faults.setdefault((turn.pointer, turn.case), turn)
        elif isinstance(turn, PromotionStep):
            steps.append(turn)
        elif turn is NoStep.WAITS:
            waiting.append(student)
        else:
            same += int(turn is NoStep.SAME)
    # Lines of the plan that are about nobody.
    strangers = [
        PlanFault(("classes", name), "no-such-class", {"school_class": name})
        for name in plan.classes
        if name not in used
    ]
    strangers += [
        PlanFault(("students", student), "no-such-student", {"student": student})
        for student in plan.students
        if student not in students or level_and_class(students[student], ending) is None
    ]
    return Promotion(steps, same, waiting, [*faults.values(), *strangers])


def _turn(
    student: str, record: Record, place: tuple[int, str], plan: PromotionPlan
) -> PromotionStep | PlanFault | NoStep:
    """What the turn of the year is to one student, who was in a class of the year that ends."""
    (level, name), left = place, left_on(record, plan.on)
    pointer = ("students", student) if student in plan.students else ("classes", name)
    way = plan.students.get(student) or plan.classes.get(name)
    if way is None:
        lacking = PlanFault(("classes",), "lacking", {"student": student, "school_class": name})
        return lacking if left is None else NoStep.GONE
    if (fault := _contradiction(pointer, way, level, plan)) is not None:
        return fault
    if left is not None:
        # By this plan; before the others of the class, for an own reason; but nobody who left is given a way by name.
        by_name = PlanFault(pointer, "left", {"student": student, "day": left.isoformat()})
        elsewhen = by_name if pointer[0] == "students" else NoStep.GONE
        return NoStep.SAME if way.on == left.isoformat() else elsewhen
    if way.event == "class-change" and not _is_here(record, last_day(plan.year)):
        return NoStep.WAITS
    event: dict[str, Any] = {"on": way.on, "event": way.event}
    fate = Fate.GRADUATES if way.event == "graduation" else Fate.LEAVES
    if way.event == "class-change":
        event |= {"on": plan.on.isoformat(), "level": way.level, "class": way.school_class}
        fate = Fate.UP if way.level > level else Fate.STAYS
    begins, ends = year_first_day(plan.year), year_first_day(plan.year + 1)
    done = (each for each in record.data["events"] if "class" in each and begins <= day(each["on"]) < ends)
    if (had := next(done, None)) is not None:  # a class of the new year already
        other = PlanFault(pointer, "done-otherwise", {"student": student, "school_class": had["class"]})
        return NoStep.SAME if dict(had) == event else other
    if (later := next((each["on"] for each in record.data["events"] if each["on"] > event["on"]), None)) is not None:
        return PlanFault(pointer, "later", {"student": student, "day": later})
    return PromotionStep(student, name, fate, event)


def _is_here(record: Record, on: date) -> bool:
    return any(span.overlaps(on, on) for span in intervals(record))


def _contradiction(pointer: Pointer, way: Way, level: int, plan: PromotionPlan) -> PlanFault | None:
    """Up by more than one level, down, or leaving on a day of another year."""
    if way.event == "class-change":
        wrong = way.level not in {level, level + 1} or (pointer[0] == "classes" and way.level != level + 1)
        return PlanFault((*pointer, "level"), "jump", {"level": level, "next": way.level}) if wrong else None
    is_other_year = not year_first_day(plan.year - 1) <= day(way.on) <= plan.on
    return PlanFault((*pointer, way.event), "other-year", {"day": way.on}) if is_other_year else None
