"""學籍: enrolment of students who stand in the identity table, an event a row (伍.五 學生基本資料)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from licheng.core.record import Record
from licheng.core.term import year_first_day, year_on
from licheng.policy.cells import day, narrow, one_of, text
from licheng.policy.importing.columns import FIRST_DAY, LAST_DAY, WHO_BUT_CLASS, level, student_of
from licheng.policy.importing.fields import check_needed
from licheng.policy.importing.kinds import Column, Default, ImportKind, RecordPart, RefusedRowError, Values
from licheng.policy.importing.known import Known

_EVENTS = {
    "入學": "entry",
    "新生": "entry",
    "轉入": "transfer-in",
    "休學": "suspension",
    "復學": "resumption",
    "轉班": "class-change",
    "編班": "class-change",
    "升級": "class-change",
    "留級": "class-change",
    "轉出": "transfer-out",
    "轉學": "transfer-out",
    "畢業": "graduation",
}
_BY_LEVEL = {"class_1": 10, "class_2": 11, "class_3": 12}
_PLACED = frozenset({"entry", "transfer-in", "resumption", "class-change"})

COLUMNS = (
    *WHO_BUT_CLASS,
    Column(
        "on",
        ("入學日期", "入學日", "異動日期", "學籍異動日期", "生效日期"),
        partial(day, first=FIRST_DAY, last=LAST_DAY),
    ),
    Column("event", ("異動", "異動別", "學籍異動", "異動類別"), partial(one_of, words=_EVENTS), needed=False),
    Column("level", ("年級", "開始年級"), level, needed=False),
    Column("class", ("班級", "班級名稱"), text, needed=False),
    Column("class_1", ("高一班級", "一年級班級", "高一"), text, needed=False),
    Column("class_2", ("高二班級", "二年級班級", "高二"), text, needed=False),
    Column("class_3", ("高三班級", "三年級班級", "高三"), text, needed=False),
    Column("programme", ("科別", "學程", "科班學程別", "科班學程別代碼", "科班學程", "科班別"), text, needed=False),
)


def _part(row: Values, known: Known) -> RecordPart:
    identity = student_of(row, known, enrolled=False)
    record = known.record("student", **identity)
    event = {"on": row["on"], "event": row.get("event", "entry")}
    if event["event"] in _PLACED:
        check_needed(row, "level", "class")
        event |= {"level": row["level"], "class": known.school_class(row["class"])}
    events = [event]
    if event["event"] == "entry":
        if any(column in row for column in _BY_LEVEL):
            events = _history(row, known)
        elif record is not None and (entered := _as_entered(event, record)) is not None:
            events = [entered]
        elif event["level"] != (level := level_at(identity["cohort"], event["on"])):
            raise RefusedRowError("level", "entry-level", level=level - 9)
    return RecordPart(identity, {"programme": _programme(row, known, record), "events": events})


def level_at(cohort: str, on: str) -> int:
    """The year level in which a cohort begins, or would be on another day: 10 in the year of its own number."""
    return 10 + year_on(date.fromisoformat(on)) - int(cohort)


def _history(row: Values, known: Known) -> list[dict[str, Any]]:
    """The entry and each year's class since, for a school that begins with classes in the middle of their three years.

    Raises:
        RefusedRowError: a year in between has no class, or the last is not that of today.
    """
    entered, events = year_on(date.fromisoformat(row["on"])), list[dict[str, Any]]()
    columns = list(_BY_LEVEL)[: row["level"] - 9]
    for column in columns:
        check_needed(row, column)
        place = {"level": _BY_LEVEL[column], "class": known.school_class(row[column])}
        started = year_first_day(entered + len(events)).isoformat()
        events.append(
            {"on": started, "event": "class-change", **place}
            if events
            else {"on": row["on"], "event": "entry", **place}
        )
    if narrow(events[-1]["class"]) != narrow(known.school_class(row["class"])):
        raise RefusedRowError(columns[-1], "other-class", now=row["class"])
    return events


def _programme(row: Values, known: Known, record: Record | None) -> Any:
    """The programme that a row says; of who has one already, or in a school with a single one, it need not."""
    if "programme" not in row:
        ids = [record.data["programme"]] if record is not None else sorted(known.school.programmes)
        if len(ids) != 1:
            raise RefusedRowError("programme", "empty")
        return Default(ids[0])
    programme = known.programme(row["programme"])
    if programme is None:
        raise RefusedRowError("programme", "unknown-programme", known=tuple(sorted(known.school.programmes)))
    return programme


def _as_entered(event: dict[str, Any], record: Record) -> dict[str, Any] | None:
    """The entry as it is, where the list names its day beside the class of today: who moved has not entered anew.

    Returns:
        None of somebody who has been in one class only, whose entry may be corrected.

    Raises:
        RefusedRowError: the class is neither that of the entry nor that of today.
    """
    placed: list[Mapping[str, Any]] = [each for each in record.data["events"] if "class" in each]
    if len(placed) < 2 or placed[0]["on"] != event["on"]:
        return None
    for each in (placed[0], placed[-1]):
        if (each["level"], each["class"]) == (event["level"], event["class"]):
            return {**event, "level": placed[0]["level"], "class": placed[0]["class"]}
    raise RefusedRowError("class", "moved", now=placed[-1]["class"])


STUDENTS = ImportKind(
    name="students",
    record="student",
    columns=COLUMNS,
    part=_part,
    keys={"events": ("on", "event")},
    order={"events": "on"},
    scope=("cohort",),
    lacks=lambda _list, _event: False,  # a list of today tells nothing of what was before
)
